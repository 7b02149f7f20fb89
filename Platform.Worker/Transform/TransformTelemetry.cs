using System.Diagnostics;

namespace Platform.Worker.Transform;

/// <summary>Names of the engine's spans and metrics: a span per node.</summary>
internal static class TransformTelemetry
{
    /// <summary>Name of the ActivitySource and of the Meter.</summary>
    public const string Name = "Platform.Transform";

    /// <summary>The node's unique id.</summary>
    public const string Node = "platform.node";

    public const string ResourceType = "platform.resource_type";
    public const string Status = "platform.status";
    public const string Rows = "platform.rows";
    public const string Failures = "platform.failures";

    public static ActivitySource Source { get; } = new(Name);
}
