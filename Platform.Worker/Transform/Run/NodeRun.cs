using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Catalog;
using Platform.Worker.Transform.Freshness;
using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Run;

/// <summary>What one build knows of one node. Written by the one thread that runs the node.</summary>
internal sealed class NodeRun(Node node, Relation relation, Relation published)
{
    public Node Node { get; } = node;

    /// <summary>Where this build makes the node: its candidate, or in a plain build the target itself.</summary>
    public Relation Relation { get; } = relation;

    /// <summary>Where readers find it.</summary>
    public Relation Published { get; } = published;

    /// <summary>True for a test that stores the rows which fail it, as <see cref="Published"/>.</summary>
    public bool KeepsFailures { get; init; }

    /// <summary>The new rows of an incremental model whose published table stays; null when the node is built whole.</summary>
    public Relation? Delta { get; set; }

    /// <summary>What publishing does with <see cref="Delta"/>.</summary>
    public string? PublishSql { get; set; }

    /// <summary>ALTER TABLE actions for the published table that come before <see cref="PublishSql"/>: on_schema_change.</summary>
    public IReadOnlyList<string> PublishAlterations { get; set; } = [];

    /// <summary>Build from nothing whatever the request says: the model's columns changed.</summary>
    public bool FullRefresh { get; set; }

    /// <summary>Names that only this node's templates know, such as <c>results</c> in on-run-end.</summary>
    public IReadOnlyDictionary<string, Value> Names { get; init; } = new Dictionary<string, Value>();

    /// <summary>Its place among the nodes begun, from 1.</summary>
    public int Index { get; set; }

    /// <summary>The batch of a microbatch model that this is a run of; null for the node as a whole.</summary>
    public MicrobatchWindow? Batch { get; init; }

    /// <summary>The run that <see cref="Batch"/> is one of.</summary>
    public MicrobatchRun? Microbatch { get; init; }

    /// <summary>Of the node as a whole: the batches that it was run in.</summary>
    public IReadOnlyList<NodeRun> Batches { get; set; } = [];

    /// <summary>The materialization found that only a build from nothing helps.</summary>
    public bool AsksForRebuild { get; set; }

    /// <summary>A hook of a plain run: when it does not compile, the run ends there. One whose statement fails is a failed node.</summary>
    public bool EndsRun { get; init; }

    public string? CompiledCode { get; set; }

    /// <summary>The ephemeral models in <see cref="CompiledCode"/>: unique id and common table expression.</summary>
    public IReadOnlyList<(string Id, string Sql)> Ctes { get; set; } = [];

    /// <summary>What the materialization gave to <c>write()</c>: its main statement.</summary>
    public string? RuntimeCode { get; set; }

    public NodeTiming? CompileTiming { get; set; }

    public NodeTiming? ExecuteTiming { get; set; }

    /// <summary>What <c>source freshness</c> found of a source; null for all else, and when it could not be asked.</summary>
    public SourceTimes? SourceTimes { get; set; }

    public NodeResult? Result { get; set; }

    public bool IsBuilt => Result is { Status: NodeStatus.Success };
}
