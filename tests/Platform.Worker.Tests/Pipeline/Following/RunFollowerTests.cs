using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Time.Testing;
using Platform.Testing;
using Platform.Worker.Contracts;
using Platform.Worker.Pipeline;
using Platform.Worker.Pipeline.Following;

namespace Platform.Worker.Tests.Pipeline.Following;

public sealed class RunFollowerTests(EmbeddedServers servers)
{
    private static readonly DateOnly Day = new(2026, 1, 5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_SomebodyListens_IsOneTraceWithASpanForEachTask()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        using var spans = new Spans();

        await pipeline.RunAsync([Day]);

        var run = spans.Of(pipeline).Single(span => span.OperationName == TestPipeline.Name);
        Assert.Equal(default, run.ParentSpanId);
        Assert.Equal("success", run.GetTagItem(PipelineTelemetry.State));
        var tasks = spans.Of(pipeline).Where(span => span != run).ToList();
        Assert.Equal(["generate", "load_a", "load_b", "build"], tasks.Select(span => span.OperationName));
        Assert.All(tasks, span => Assert.Equal((run.TraceId, run.SpanId), (span.TraceId, span.ParentSpanId)));
    }

    [Fact]
    public async Task Run_SeveralDatesShareABuild_HaveATraceEachAndTheBuildLinksThem()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        using var spans = new Spans();
        using var request = new Activity("the request").Start();

        await pipeline.RunAsync([Day, Day.AddDays(1), Day.AddDays(2)]);

        var runs = spans.Of(pipeline).Where(span => span.OperationName == TestPipeline.Name).OrderBy(span => span.GetTagItem(PipelineTelemetry.DataDate)).ToList();
        Assert.Equal(3, runs.Select(run => run.TraceId).Distinct().Count());
        Assert.All(runs, run => Assert.Equal(request.Context, Assert.Single(run.Links).Context));
        var build = spans.Of(pipeline).Single(span => span.OperationName == "build");
        Assert.Equal(runs[2].SpanId, build.ParentSpanId);
        Assert.Equal(runs.Take(2).Select(run => run.Context), build.Links.Select(link => link.Context));
        Assert.Same(request, Activity.Current);
    }

    [Fact]
    public async Task Run_ATaskFails_SpansObserversAndMetricsSaySo()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        using var spans = new Spans();
        using var measured = new Measured(pipeline.Meters);
        var calls = 0;
        pipeline.Work = (task, _, _) => task switch
        {
            "load_a" when calls++ == 0 => throw new IOException("the storage went away"),
            "load_b" => throw new DataFaultException("orders.csv is not what its manifest says"),
            _ => Task.FromResult(new TaskOutcome(Rows: 3)),
        };

        await pipeline.RunAsync([Day]);

        Assert.Equal(
            ["RunStarted", "TaskStarted generate", "TaskEnded generate", "TaskStarted load_a", "TaskEnded load_a", "TaskStarted load_b", "TaskEnded load_b", "RunEnded Failed"],
            pipeline.Facts.Select(Describe));
        var failed = spans.Of(pipeline).Single(span => span.OperationName == "load_b");
        Assert.Equal((ActivityStatusCode.Error, "orders.csv is not what its manifest says"), (failed.Status, failed.StatusDescription));
        Assert.Equal(ActivityStatusCode.Error, spans.Of(pipeline).Single(span => span.OperationName == TestPipeline.Name).Status);
        Assert.Equal("retry", Assert.Single(spans.Of(pipeline).Single(span => span.OperationName == "load_a").Events).Name);
        Assert.Equal(["failed"], measured.Of("platform.pipeline.run.duration", PipelineTelemetry.State));
        Assert.Equal(["generate", "load_a", "load_b"], measured.Of("platform.pipeline.task.duration", PipelineTelemetry.Task));
        Assert.Equal(["load_a"], measured.Of("platform.pipeline.task.retries", PipelineTelemetry.Task));
    }

    [Fact]
    public async Task Run_Cancelled_ObserversHearItOfTheRunAndItsTask()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Token);
        pipeline.Work = async (task, _, token) =>
        {
            if (task == "load_a")
            {
                await cancelled.CancelAsync();
                await Task.Delay(Timeout.Infinite, token);
            }

            return new TaskOutcome();
        };
        var runner = pipeline.Runner();
        await runner.QueueAsync([Day], RunTrigger.Manual, again: false, force: false, Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => runner.WorkAsync([Day], new WorkOptions { WhenInterrupted = RunState.Cancelled }, progress: null, cancelled.Token));

        Assert.Equal(["TaskEnded load_a", "RunEnded Cancelled"], pipeline.Facts.TakeLast(2).Select(Describe));
        Assert.Equal(TaskState.Cancelled, pipeline.Facts.OfType<TaskEnded>().Last().State);
    }

    [Fact]
    public async Task Gauges_LookedAt_TellQueueAndFreshness()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 7, 6, 0, 0, TimeSpan.Zero));
        pipeline.Clock = clock;
        await pipeline.Runner().QueueAsync([Day, Day.AddDays(1)], RunTrigger.Manual, again: false, force: false, Token);
        await pipeline.EnterLoadAsync(Day.AddDays(1));
        clock.Advance(TimeSpan.FromMinutes(1));
        using var measured = new Measured(pipeline.Meters);
        var domain = new Domain("a", [], [Contract("orders"), Contract("never_loaded")]);

        await new PipelineGauges([domain], pipeline.Definition, pipeline.Warehouse, new PipelineMetrics(pipeline.Meters), clock).LookAsync(Token);
        measured.Observe();

        Assert.Equal([("queued", 2d), ("running", 0d), ("waiting", 0d)], measured.Values("platform.pipeline.queue", PipelineTelemetry.State));
        Assert.Equal([(TestPipeline.Name, 60d)], measured.Values("platform.pipeline.queue.age", PipelineTelemetry.Pipeline));
        Assert.Equal([("orders", 6 * 3600 + 60d)], measured.Values("platform.pipeline.freshness", "platform.dataset"));
    }

    private static DatasetContract Contract(string dataset) => new()
    {
        Domain = "a", Dataset = dataset, Version = "1", Description = "", Columns = [], Key = [], ControlSums = [], References = [],
        File = $"{dataset}.odcs.yaml", Sha256 = "",
    };

    private static string Describe(RunFact fact) => fact switch
    {
        TaskStarted started => $"TaskStarted {started.Task}",
        TaskEnded ended => $"TaskEnded {ended.Task}",
        RunEnded ended => $"RunEnded {ended.State}",
        _ => fact.GetType().Name,
    };

    /// <summary>The pipeline's spans of all tests, in the order in which they ended.</summary>
    private sealed class Spans : IDisposable
    {
        private readonly ConcurrentQueue<Activity> _ended = new();
        private readonly ActivityListener _listener;

        public Spans()
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == PipelineTelemetry.Name,
                Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = _ended.Enqueue,
            };
            ActivitySource.AddActivityListener(_listener);
        }

        /// <summary>The ended spans of the runs that a test's pipeline told of.</summary>
        public IReadOnlyList<Activity> Of(TestPipeline pipeline)
        {
            var runs = pipeline.Facts.Select(fact => fact.Run.Id.ToString()).ToHashSet();
            return [.. _ended.Where(span => runs.Contains((string)span.GetTagItem(PipelineTelemetry.RunId)!))];
        }

        public void Dispose() => _listener.Dispose();
    }

    /// <summary>What the meters of one test measured.</summary>
    private sealed class Measured : IDisposable
    {
        private readonly ConcurrentQueue<(string Instrument, double Value, KeyValuePair<string, object?>[] Tags)> _measured = new();
        private readonly MeterListener _listener = new();

        public Measured(IMeterFactory meters)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, meters))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => _measured.Enqueue((instrument.Name, value, tags.ToArray())));
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => _measured.Enqueue((instrument.Name, value, tags.ToArray())));
            _listener.Start();
        }

        public void Observe() => _listener.RecordObservableInstruments();

        public IEnumerable<string?> Of(string instrument, string tag) => Values(instrument, tag).Select(value => value.Tag);

        public IEnumerable<(string? Tag, double Value)> Values(string instrument, string tag) => _measured.Where(entry => entry.Instrument == instrument)
            .Select(entry => ((string?)entry.Tags.Single(pair => pair.Key == tag).Value, entry.Value));

        public void Dispose() => _listener.Dispose();
    }
}
