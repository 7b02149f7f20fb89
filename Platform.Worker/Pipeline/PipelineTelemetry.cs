using System.Diagnostics;

namespace Platform.Worker.Pipeline;

/// <summary>Names of the pipeline's spans and metrics: a trace per run, a span per task.</summary>
internal static class PipelineTelemetry
{
    /// <summary>Name of the ActivitySource and of the Meter.</summary>
    public const string Name = "Platform.Pipeline";

    public const string Pipeline = "platform.pipeline";
    public const string Task = "platform.task";
    public const string RunId = "platform.run_id";
    public const string State = "platform.state";
    public const string Rows = "platform.rows";

    /// <summary>A data date, or a range of them.</summary>
    public const string DataDate = "platform.data_date";

    public static ActivitySource Source { get; } = new(Name);
}
