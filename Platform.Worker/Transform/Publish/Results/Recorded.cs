using Platform.Worker.Transform.Run;

namespace Platform.Worker.Transform.Publish.Results;

/// <summary>A model as it is recorded.</summary>
internal sealed class Recorded(NodeRun run)
{
    public NodeRun Run => run;

    public string Id => run.Node.UniqueId;

    public bool IsDelta => run.PublishSql is not null;

    /// <summary>Rows afterwards; null when not known.</summary>
    public long? Rows { get; set; }

    public long? Added { get; set; }

    public long? Removed { get; set; }
}
