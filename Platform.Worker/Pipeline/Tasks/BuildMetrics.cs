using System.Diagnostics;
using System.Diagnostics.Metrics;
using Platform.Worker.Transform;

namespace Platform.Worker.Pipeline.Tasks;

/// <summary>Durations and rows of models, outcomes of tests.</summary>
internal sealed class BuildMetrics
{
    private readonly Histogram<double> _durations;
    private readonly Counter<long> _rows;
    private readonly Counter<long> _tests;

    public BuildMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(TransformTelemetry.Name);
        _durations = meter.CreateHistogram<double>("platform.transform.model.duration", "s", "A model, seed or snapshot, compiled and run.");
        _rows = meter.CreateCounter<long>("platform.transform.rows", "{row}", "Rows that models, seeds and snapshots wrote.");
        _tests = meter.CreateCounter<long>("platform.transform.tests", "{test}", "Tests by how they ended.");
    }

    public void Built(BuiltProject built)
    {
        foreach (var model in built.Models)
        {
            var tags = new TagList { { TransformTelemetry.Node, model.Node.UniqueId }, { TransformTelemetry.Status, model.Result.Status.Word() } };
            _durations.Record(model.Result.Duration.TotalSeconds, tags);
            _rows.Add(model.Result.RowsAffected ?? 0, new TagList { { TransformTelemetry.Node, model.Node.UniqueId } });
        }

        foreach (var tests in built.Result.Nodes.Where(node => node.ResourceType is "test" or "unit_test").GroupBy(node => node.Status))
        {
            _tests.Add(tests.Count(), new TagList { { TransformTelemetry.Status, tests.Key.Word() } });
        }
    }
}
