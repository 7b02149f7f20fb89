using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Platform.Worker.Loading;

/// <summary>Spans and counters of the loader.</summary>
internal sealed class LoadingTelemetry
{
    public const string Name = "Platform.Loading";

    public const string Domain = "platform.domain";
    public const string Dataset = "platform.dataset";
    public const string Partition = "platform.partition";
    public const string LoadedRows = "platform.rows.loaded";
    public const string QuarantinedRows = "platform.rows.quarantined";

    private readonly Counter<long> _loaded;
    private readonly Counter<long> _quarantined;

    public LoadingTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        _loaded = meter.CreateCounter<long>("platform.loading.rows.loaded", "{row}", "Rows written to fact tables.");
        _quarantined = meter.CreateCounter<long>("platform.loading.rows.quarantined", "{row}", "Rows written to quarantine.");
    }

    public static ActivitySource Source { get; } = new(Name);

    /// <summary>Counts what a committed load wrote.</summary>
    public void Loaded(DomainLoad load)
    {
        foreach (var dataset in load.Datasets.Where(dataset => !dataset.Skipped))
        {
            var tags = new TagList { { Domain, load.Domain }, { Dataset, dataset.Dataset } };
            _loaded.Add(dataset.LoadedRows, tags);
            _quarantined.Add(dataset.QuarantinedRows, tags);
        }
    }
}
