using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.ServiceDefaults;
using Platform.Worker.Landing;
using Platform.Worker.Pipeline;
using Platform.Worker.Pipeline.Following;
using Platform.Worker.Pipeline.Lineage;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Tests.Pipeline.Lineage;

public sealed class LineageEmitterTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 6, 2, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Observe_TheReceiverIsBusyForAWhile_SendsEverythingInOrder()
    {
        await using var receiver = await LineageReceiver.StartAsync();
        receiver.Refusals.Enqueue(HttpStatusCode.ServiceUnavailable);
        receiver.Refusals.Enqueue(HttpStatusCode.TooManyRequests);
        await using (var emitter = Emitter(receiver.Endpoint))
        {
            foreach (var fact in Facts(5))
            {
                emitter.Observer.Observe(fact);
            }
        }

        Assert.Equal(5, receiver.Events.Count);
        Assert.Equal(
            Facts(5).Select(fact => fact.Run.Id.ToString()), receiver.Events.Select(told => (string?)told["run"]!["runId"]));
    }

    [Fact]
    public async Task Observe_TheReceiverRefusesAnEvent_SendsTheOthers()
    {
        await using var receiver = await LineageReceiver.StartAsync();
        receiver.Refusals.Enqueue(HttpStatusCode.BadRequest);
        await using var emitter = Emitter(receiver.Endpoint);
        foreach (var fact in Facts(3))
        {
            emitter.Observer.Observe(fact);
        }

        await emitter.DisposeAsync();

        Assert.Equal(Facts(3).Skip(1).Select(fact => fact.Run.Id.ToString()), receiver.Events.Select(told => (string?)told["run"]!["runId"]));
        Assert.Equal((2, 1), (emitter.Sent, emitter.Dropped));
    }

    [Fact]
    public async Task Observe_TheReceiverIsDown_DropsWhatDoesNotFitAndCountsIt()
    {
        var receiver = await LineageReceiver.StartAsync();
        var endpoint = receiver.Endpoint;
        await receiver.DisposeAsync();
        await using var emitter = Emitter(endpoint, ("Lineage:QueueCapacity", "10"), ("Lineage:MaxRetries", "0"), ("Lineage:FlushTimeout", "00:00:30"));
        foreach (var fact in Facts(1000))
        {
            emitter.Observer.Observe(fact);
        }

        await emitter.DisposeAsync();

        Assert.Equal((0, 1000), (emitter.Sent, emitter.Dropped));
    }

    [Fact]
    public async Task Observe_NoEndpoint_SendsNothing()
    {
        await using var emitter = Emitter(endpoint: null);
        emitter.Observer.Observe(Facts(1).Single());
        await emitter.DisposeAsync();

        Assert.Equal((0, 0), (emitter.Sent, emitter.Dropped));
    }

    [Fact]
    public void RunIdentity_OfTheSameRequest_IsTheSameIdInEveryProcess()
    {
        var run = new RunIdentity("daily", new(2026, 1, 5), At);

        Assert.Equal(run.Id, new RunIdentity("daily", new(2026, 1, 5), At).Id);
        Assert.NotEqual(run.Id, new RunIdentity("daily", new(2026, 1, 5), At.AddMilliseconds(1)).Id);
        Assert.NotEqual(run.IdOfPart("a"), run.IdOfPart("b"));
        Assert.Equal((7, At.ToUnixTimeMilliseconds()), (run.Id.Version, Convert.ToInt64(run.Id.ToString("N")[..12], 16)));
    }

    private static IEnumerable<RunFact> Facts(int count) => Enumerable.Range(0, count).Select(
        day => new RunStarted(new RunIdentity("daily", new DateOnly(2020, 1, 5).AddDays(day), At), At));

    private static EmitterUnderTest Emitter(Uri? endpoint, params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            // None of the two is reached: runs have no datasets.
            ["ConnectionStrings:warehouse"] = "Host=127.0.0.1;Port=1;Database=none",
            ["ConnectionStrings:landing"] = "UseDevelopmentStorage=true",
            ["Lineage:Endpoint"] = endpoint?.ToString(),
            ["Lineage:RetryDelay"] = "00:00:00.010",
            ["Lineage:FlushTimeout"] = "00:01:00",
        });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value));
        builder.Services.AddMetrics();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddWarehouseDataSource();
        builder.AddLandingContainer();
        builder.AddLanding();
        builder.AddLineage();
        return new EmitterUnderTest(builder.Build());
    }

    private sealed class EmitterUnderTest : IAsyncDisposable
    {
        private readonly IHost _host;
        private readonly MeterListener _listener = new();
        private long _sent;
        private long _dropped;

        public EmitterUnderTest(IHost host)
        {
            _host = host;
            var meters = host.Services.GetRequiredService<IMeterFactory>();
            Observer = host.Services.GetRequiredService<IRunObserver>();
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "platform.lineage.events" && ReferenceEquals(instrument.Meter.Scope, meters))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((_, count, tags, _) => Interlocked.Add(ref tags[0].Value is "sent" ? ref _sent : ref _dropped, count));
            _listener.Start();
        }

        public IRunObserver Observer { get; }

        public long Sent => _sent;

        public long Dropped => _dropped;

        public async ValueTask DisposeAsync()
        {
            await ((IAsyncDisposable)_host).DisposeAsync();
            _listener.Dispose();
        }
    }
}
