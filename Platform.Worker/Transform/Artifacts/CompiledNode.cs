using Platform.Worker.Transform.Lineage;

namespace Platform.Worker.Transform.Artifacts;

/// <summary>What compiling and running add to a node's entry in the manifest.</summary>
/// <param name="Code">Its SQL.</param>
internal sealed record CompiledNode(string? Code)
{
    /// <summary>The ephemeral models that were put into <see cref="Code"/>: unique id and common table expression.</summary>
    public IReadOnlyList<(string Id, string Sql)> Ctes { get; init; } = [];

    /// <summary>Where its columns come from, when that was read.</summary>
    public ModelLineage? Lineage { get; init; }

    /// <summary>True when it was run and not only compiled.</summary>
    public bool HasRun { get; init; }
}
