using Platform.Worker.Jinja;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Graph;

/// <summary>
/// A resource of the project as the parser leaves it: immutable, shared by all builds until one of its files changes.
/// What a build adds (compiled SQL, relations, results) lives in <c>Run.NodeRun</c>.
/// </summary>
internal sealed record Node
{
    public required string UniqueId { get; init; }

    public required string Name { get; init; }

    public required ResourceType ResourceType { get; init; }

    public required string PackageName { get; init; }

    /// <summary>Path below its resource folder ("staging/stg_orders.sql"); <see cref="OriginalFilePath"/> is below the package's root.</summary>
    public required string Path { get; init; }

    public required string OriginalFilePath { get; init; }

    public required IReadOnlyList<string> Fqn { get; init; }

    public required NodeConfig Config { get; init; }

    /// <summary>Where errors about this node point: its SQL or CSV file, or the entry of the YAML file that declares it.</summary>
    public required SourceLocation At { get; init; }

    public string RawCode { get; init; } = "";

    /// <summary><see cref="RawCode"/> parsed, with the lines of the whole file; null when it has no code of its own.</summary>
    public Template? Template { get; init; }

    public string? FullPath { get; init; }

    public string Checksum { get; init; } = "";

    public string Description { get; init; } = "";

    public IReadOnlyDictionary<string, ColumnPatch> Columns { get; init; } = ColumnPatch.None;

    public string? PatchPath { get; init; }

    public string? Database { get; init; }

    public string Schema { get; init; } = "";

    public string Alias { get; init; } = "";

    public IReadOnlyList<string> DependsOn { get; init; } = [];

    /// <summary>The <c>ref()</c>s and <c>source()</c>s as written, each once, in the order met.</summary>
    public IReadOnlyList<RefCall> Refs { get; init; } = [];

    public IReadOnlyList<(string Source, string Table)> SourceCalls { get; init; } = [];

    /// <summary>The configuration as written, Jinja in it not rendered: what <c>state:modified.configs</c> compares.</summary>
    public IReadOnlyDictionary<string, object?> UnrenderedConfig { get; init; } = new Dictionary<string, object?>();

    /// <summary>Which parts of <see cref="Database"/>, <see cref="Schema"/> and <see cref="Alias"/> are quoted in the relation's name.</summary>
    public RelationQuoting Quoting { get; init; } = RelationQuoting.All;

    /// <summary>sql for all that has code; null for seeds, sources and what only YAML declares.</summary>
    public string? Language { get; init; }

    /// <summary>The version of a versioned model (<see cref="Name"/> is the same for all of them); null when it has none.</summary>
    public string? Version { get; init; }

    /// <summary>The version that <c>ref()</c> without a version means.</summary>
    public string? LatestVersion { get; init; }

    public bool IsLatestVersion => Version is not null && Version == LatestVersion;

    public string? Group { get; init; }

    /// <summary>private, protected or public (https://docs.getdbt.com/reference/resource-configs/access).</summary>
    public string Access { get; init; } = "protected";

    /// <summary>When the model goes away: a date or a timestamp, ISO 8601.</summary>
    public string? DeprecationDate { get; init; }

    public ModelContract? Contract { get; init; }

    public IReadOnlyList<ModelConstraint> Constraints { get; init; } = [];

    public TestMetadata? Test { get; init; }

    public SourceMetadata? Source { get; init; }

    public UnitTestDefinition? UnitTest { get; init; }

    public ExposureDefinition? Exposure { get; init; }

    /// <summary>Set for a model that is made of a saved query.</summary>
    public RollupDefinition? Rollup { get; init; }

    /// <summary>The YAML entry of a semantic model, a metric or a saved query.</summary>
    public YamlValue? Definition { get; init; }

    /// <summary>True when something in the warehouse bears its name: a model that is not ephemeral, a seed, a snapshot, a source.</summary>
    public bool IsRelational => ResourceType is ResourceType.Seed or ResourceType.Snapshot or ResourceType.Source
        || (ResourceType is ResourceType.Model && Config.Materialized != "ephemeral");

    /// <summary>True when <c>ref()</c> can mean it.</summary>
    public bool IsReferable => ResourceType is ResourceType.Model or ResourceType.Seed or ResourceType.Snapshot;

    /// <summary>True when a build runs it, as against sources, exposures and what only describes metrics.</summary>
    public bool IsRunnable => ResourceType is ResourceType.Model or ResourceType.Seed or ResourceType.Snapshot
        or ResourceType.Test or ResourceType.UnitTest or ResourceType.Operation;

    public string ResourceTypeName => ResourceType.Name();
}

/// <summary>A generic test's macro and arguments; <see cref="AttachedNode"/> is the model, seed or source it was declared on.</summary>
internal sealed record TestMetadata(
    string Name, string? Namespace, IReadOnlyDictionary<string, object?> Arguments, string? ColumnName, string? AttachedNode);
