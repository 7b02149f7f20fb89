using System.Diagnostics;

namespace Platform.Worker.Pipeline;

/// <summary>Traces of the pipeline: a span per batch, run and task.</summary>
internal static class PipelineTelemetry
{
    public static ActivitySource Source { get; } = new("Platform.Pipeline");
}
