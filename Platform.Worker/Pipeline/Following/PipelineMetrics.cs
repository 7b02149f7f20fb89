using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Platform.Worker.Pipeline.Following;

/// <summary>Durations of runs and tasks; what stands in the queue and how fresh the facts are, as last looked at.</summary>
internal sealed class PipelineMetrics
{
    private readonly Histogram<double> _runs;
    private readonly Histogram<double> _tasks;
    private readonly Counter<long> _retries;
    private IReadOnlyList<Measurement<long>> _queue = [];
    private IReadOnlyList<Measurement<double>> _freshness = [];
    private IReadOnlyList<Measurement<double>> _oldest = [];

    public PipelineMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(PipelineTelemetry.Name);
        _runs = meter.CreateHistogram<double>("platform.pipeline.run.duration", "s", "From the first task's start to the end of the run, in this process.");
        _tasks = meter.CreateHistogram<double>("platform.pipeline.task.duration", "s", "A task with its retries.");
        _retries = meter.CreateCounter<long>("platform.pipeline.task.retries", "{retry}", "Attempts that met an infrastructure fault and were made again.");
        meter.CreateObservableGauge("platform.pipeline.queue", () => _queue, "{run}", "Runs that are queued, running or waiting.");
        meter.CreateObservableGauge("platform.pipeline.queue.age", () => _oldest, "s", "Since the oldest queued run was requested.");
        meter.CreateObservableGauge("platform.pipeline.freshness", () => _freshness, "s", "Since the end of the newest loaded day of a dataset.");
    }

    public void RunEnded(string pipeline, RunState state, TimeSpan duration) =>
        _runs.Record(duration.TotalSeconds, new TagList { { PipelineTelemetry.Pipeline, pipeline }, { PipelineTelemetry.State, state.Word() } });

    public void TaskEnded(string pipeline, string task, TaskState state, TimeSpan duration) => _tasks.Record(
        duration.TotalSeconds,
        new TagList { { PipelineTelemetry.Pipeline, pipeline }, { PipelineTelemetry.Task, task }, { PipelineTelemetry.State, state.Word() } });

    public void TaskRetried(string pipeline, string task) =>
        _retries.Add(1, new TagList { { PipelineTelemetry.Pipeline, pipeline }, { PipelineTelemetry.Task, task } });

    /// <summary>What the gauges tell until they are looked at again.</summary>
    public void Stands(IReadOnlyList<Measurement<long>> queue, IReadOnlyList<Measurement<double>> oldest, IReadOnlyList<Measurement<double>> freshness) =>
        (_queue, _oldest, _freshness) = (queue, oldest, freshness);
}
