using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Platform.Testing;
using Platform.Worker.Pipeline;
using Platform.Worker.Pipeline.Alerts;
using Platform.Worker.Pipeline.Arrivals;

namespace Platform.Worker.Tests.Pipeline.Alerts;

public sealed class AlertDispatcherTests(EmbeddedServers servers)
{
    private static readonly DateOnly Day = new(2026, 1, 5);

    private static readonly Matter Stale = new("a", "orders", Day, "a.orders is too old");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Send_IncidentOpensAndEnds_IsToldOnceEach()
    {
        await using var webhook = await WebhookReceiver.StartAsync();
        await using var pipeline = await At(new DateTimeOffset(2026, 1, 6, 8, 0, 0, TimeSpan.Zero));
        using var alerts = new TestAlerts(pipeline, TestAlerts.To(webhook));

        await pipeline.Incidents().StaleAsync([Stale], Token);
        await alerts.SendAsync();
        await alerts.SendAsync();
        // A Worker that has just started.
        using var another = new TestAlerts(pipeline, TestAlerts.To(webhook));
        await another.SendAsync();
        await pipeline.Incidents().StaleAsync([], Token);
        await another.SendAsync();

        Assert.Equal(["Data too old: a.orders 2026-01-05", "Resolved: Data too old: a.orders 2026-01-05"], webhook.Titles);
        Assert.Equal(["incident_opened ops sent 1", "incident_resolved ops sent 1"], await alerts.StatesAsync());
    }

    [Fact]
    public async Task Metrics_TellWhatWaits_AndHowItWent()
    {
        await using var webhook = await WebhookReceiver.StartAsync();
        var clock = new FakeTimeProvider(new(2026, 1, 6, 8, 0, 0, TimeSpan.Zero));
        await using var pipeline = await At(clock);
        using var alerts = new TestAlerts(pipeline, TestAlerts.To(webhook));
        var told = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, own) =>
            {
                if (instrument.Meter.Name == "Platform.Alerts" && instrument.Meter.Scope == pipeline.Meters)
                {
                    own.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            told.Add($"{instrument.Name} {string.Join(' ', tags.ToArray().Select(tag => tag.Value))} {value}"));
        listener.Start();
        webhook.Refuse(500);

        await FailAsync(pipeline, Day);
        await alerts.SendAsync();
        listener.RecordObservableInstruments();
        clock.Advance(TimeSpan.FromMinutes(2));
        await alerts.SendAsync();
        listener.RecordObservableInstruments();

        Assert.Equal(
            ["platform.alerts.deliveries ops refused 1", "platform.alerts.queue ops 1", "platform.alerts.deliveries ops sent 1", "platform.alerts.queue ops 0"], told);
    }

    [Fact]
    public async Task Send_ReceiverFailsAndDoesNotAnswer_IsTriedAgainLaterAndLater()
    {
        await using var webhook = await WebhookReceiver.StartAsync();
        var clock = new FakeTimeProvider(new(2026, 1, 6, 8, 0, 0, TimeSpan.Zero));
        await using var pipeline = await At(clock);
        var options = TestAlerts.To(webhook);
        options.RequestTimeout = TimeSpan.FromMilliseconds(300);
        using var alerts = new TestAlerts(pipeline, options);
        webhook.Refuse(500);
        webhook.Hang();

        await FailAsync(pipeline, Day);
        await alerts.SendAsync();
        await alerts.SendAsync();
        Assert.Equal(["run_failed ops pending 1"], await alerts.StatesAsync());
        clock.Advance(TimeSpan.FromSeconds(76));
        await alerts.SendAsync();
        Assert.Equal(["run_failed ops pending 2"], await alerts.StatesAsync());
        // The second wait is twice the first.
        clock.Advance(TimeSpan.FromSeconds(76));
        await alerts.SendAsync();
        Assert.Equal(["run_failed ops pending 2"], await alerts.StatesAsync());
        clock.Advance(TimeSpan.FromSeconds(76));
        await alerts.SendAsync();

        Assert.Equal(["run_failed ops sent 3"], await alerts.StatesAsync());
        Assert.Equal(["Run failed (data fault): etl_full_pipeline_daily 2026-01-05"], webhook.Titles);
    }

    [Fact]
    public async Task Send_OneReceiverIsDown_TheOthersAreTold()
    {
        await using var webhook = await WebhookReceiver.StartAsync();
        var gone = await WebhookReceiver.StartAsync();
        var options = TestAlerts.To(webhook);
        options.Receivers["down"] = new() { Kind = ReceiverOptions.Slack, Url = gone.Url };
        await gone.DisposeAsync();
        await using var pipeline = await At(new DateTimeOffset(2026, 1, 6, 8, 0, 0, TimeSpan.Zero));
        using var alerts = new TestAlerts(pipeline, options);

        await FailAsync(pipeline, Day);
        await alerts.SendAsync();

        Assert.Equal(["run_failed down pending 1", "run_failed ops sent 1"], await alerts.StatesAsync());
        Assert.Single(webhook.Taken);
    }

    [Fact]
    public async Task Send_WorkerDiesWithAMessageInHand_AnotherSendsItAfterTheLease()
    {
        await using var webhook = await WebhookReceiver.StartAsync();
        var clock = new FakeTimeProvider(new(2026, 1, 6, 8, 0, 0, TimeSpan.Zero));
        await using var pipeline = await At(clock);
        var options = TestAlerts.To(webhook);
        using var dying = new TestAlerts(pipeline, options);
        using var other = new TestAlerts(pipeline, options);
        await FailAsync(pipeline, Day);
        await dying.Outbox.DispatchAsync(["ops"], options, Token);
        Assert.Single(await dying.Outbox.ClaimAsync("ops", options, 10, Token));

        await other.SendAsync();
        Assert.Empty(webhook.Taken);
        clock.Advance(options.Lease);
        await other.SendAsync();

        Assert.Equal(["run_failed ops sent 2"], await other.StatesAsync());
        Assert.Single(webhook.Taken);
    }

    [Fact]
    public async Task Send_TheSameAgainWithinTheWindow_WaitsAndIsToldOnlyIfItStillIsSo()
    {
        await using var webhook = await WebhookReceiver.StartAsync();
        var clock = new FakeTimeProvider(new(2026, 1, 6, 8, 0, 0, TimeSpan.Zero));
        await using var pipeline = await At(clock);
        using var alerts = new TestAlerts(pipeline, TestAlerts.To(webhook));
        async Task TurnAsync(params Matter[] matters)
        {
            clock.Advance(TimeSpan.FromMinutes(10));
            await pipeline.Incidents().StaleAsync(matters, Token);
            await alerts.SendAsync();
        }

        await TurnAsync(Stale);
        await TurnAsync();
        await TurnAsync(Stale);
        await TurnAsync();
        Assert.Equal(
            ["incident_opened ops sent 1", "incident_resolved ops sent 1", "incident_opened ops suppressed 0", "incident_resolved ops suppressed 0"],
            await alerts.StatesAsync());

        await TurnAsync(Stale);
        Assert.Equal(2, webhook.Taken.Count);
        await TurnAsync(Stale);
        await TurnAsync(Stale);

        Assert.Equal(["incident_opened", "incident_resolved", "incident_opened"], webhook.Taken.Select(request => request.Body.GetProperty("alerts")[0].GetProperty("event").GetString()));
    }

    [Fact]
    public async Task Send_RunFailsAgainForTheSameReason_IsToldOnceAndForAnotherAgain()
    {
        await using var webhook = await WebhookReceiver.StartAsync();
        var clock = new FakeTimeProvider(new(2026, 1, 6, 8, 0, 0, TimeSpan.Zero));
        await using var pipeline = await At(clock);
        using var alerts = new TestAlerts(pipeline, TestAlerts.To(webhook));

        foreach (var reason in new[] { "bad file", "bad file", "worse file" })
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            await FailAsync(pipeline, Day, reason);
            await alerts.SendAsync();
        }
        Assert.Equal(["run_failed ops sent 1", "run_failed ops pending 0", "run_failed ops sent 1"], await alerts.StatesAsync());

        pipeline.Work = (_, _, _) => Task.FromResult(new TaskOutcome());
        await pipeline.RunAsync([Day], again: true);
        await alerts.SendAsync();
        Assert.Equal(["run_failed ops sent 1", "run_failed ops suppressed 0", "run_failed ops sent 1"], await alerts.StatesAsync());
    }

    [Fact]
    public async Task Send_ManyAtOnce_GoAsOneMessage()
    {
        await using var webhook = await WebhookReceiver.StartAsync();
        await using var slack = await WebhookReceiver.StartAsync();
        await using var pipeline = await At(new DateTimeOffset(2026, 2, 6, 8, 0, 0, TimeSpan.Zero));
        var options = TestAlerts.To(webhook);
        options.Receivers["chat"] = new() { Kind = ReceiverOptions.Slack, Url = slack.Url };
        using var alerts = new TestAlerts(pipeline, options);

        await FailAsync(pipeline, [.. Enumerable.Range(0, 25).Select(Day.AddDays)]);
        await alerts.SendAsync();

        Assert.Equal(25, webhook.Ids.Distinct().Count());
        Assert.Single(webhook.Taken);
        var message = Assert.Single(slack.Taken).Body;
        Assert.StartsWith("25 alerts, first Run failed", message.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal(11, message.GetProperty("blocks").GetArrayLength());
        Assert.Contains("And 15 more", message.GetProperty("blocks")[10].GetProperty("text").GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_OlderThanADay_IsGivenUp()
    {
        var gone = await WebhookReceiver.StartAsync();
        var options = TestAlerts.To(gone);
        await gone.DisposeAsync();
        var clock = new FakeTimeProvider(new(2026, 1, 6, 8, 0, 0, TimeSpan.Zero));
        await using var pipeline = await At(clock);
        using var alerts = new TestAlerts(pipeline, options);
        await FailAsync(pipeline, Day);

        await alerts.SendAsync();
        clock.Advance(TimeSpan.FromDays(1));
        await alerts.SendAsync();

        var delivery = Assert.Single((await alerts.Outbox.LatestAsync("failed", 10, Token)).Single().Deliveries);
        Assert.Equal((1, null), (delivery.Attempts, delivery.NextAt));
        Assert.Contains("refused", delivery.LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_AnyOutcome_LeavesTheSecretsOutOfLogsTracesAndLedger()
    {
        await using var webhook = await WebhookReceiver.StartAsync();
        var gone = await WebhookReceiver.StartAsync();
        var options = TestAlerts.To(webhook);
        options.Receivers["ops"].ApiKey = "secret-of-the-key";
        options.Receivers["down"] = new() { Kind = ReceiverOptions.Slack, Url = gone.Url };
        options.Receivers["unfit"] = new() { Kind = ReceiverOptions.Teams, Url = new("http://127.0.0.1:1/secret-of-the-address") };
        await gone.DisposeAsync();
        await using var pipeline = await At(new DateTimeOffset(2026, 1, 6, 8, 0, 0, TimeSpan.Zero));
        var log = new LogLines();
        var spans = new List<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                lock (spans)
                {
                    spans.Add($"{activity.DisplayName} {string.Join(' ', activity.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"))}");
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        using var alerts = new TestAlerts(pipeline, options, log);
        await FailAsync(pipeline, Day);
        webhook.Refuse(403);

        await alerts.SendAsync();
        var answers = await alerts.Dispatcher.TestAsync(null, "maria@host", Token);

        Assert.Equal(("Bearer secret-of-the-key", true), (Assert.Single(webhook.Taken).Authorization, answers.Single(answer => answer.Receiver == "ops").Sent));
        Assert.All(answers.Where(answer => answer.Receiver != "ops"), answer => Assert.False(answer.Sent));
        Assert.Equal(3, log.Lines.Count);
        var told = string.Join('\n', [
            .. log.Lines, .. await pipeline.QueryAsync("select * from meta.alert join meta.alert_delivery using (alert_id)"),
            .. await pipeline.QueryAsync("select * from meta.audit"), .. answers.Select(answer => $"{answer}"),
        ]);
        Assert.DoesNotContain("secret-of", told, StringComparison.Ordinal);
        lock (spans)
        {
            // Other tests send requests of their own, but not there.
            Assert.DoesNotContain(spans, span => span.Contains("secret-of", StringComparison.Ordinal));
        }
    }

    private async Task<TestPipeline> At(DateTimeOffset now) => await At(new FakeTimeProvider(now));

    private async Task<TestPipeline> At(FakeTimeProvider clock)
    {
        var pipeline = await TestPipeline.CreateAsync(servers);
        pipeline.Clock = clock;
        return pipeline;
    }

    private static Task FailAsync(TestPipeline pipeline, DateOnly date, string reason = "bad file") => FailAsync(pipeline, [date], reason);

    private static async Task FailAsync(TestPipeline pipeline, DateOnly[] dates, string reason = "bad file")
    {
        pipeline.Work = (_, _, _) => throw new DataFaultException(reason);
        await pipeline.RunAsync(dates, again: true);
    }

    private sealed class LogLines : ILogger<AlertDispatcher>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (Lines)
            {
                Lines.Add($"{formatter(state, exception)} {exception}");
            }
        }
    }
}
