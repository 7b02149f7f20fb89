using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Graph;

internal enum ResourceType
{
    Model,
    Seed,
    Test,
    Source,
    Operation,
}

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

    public string? FullPath { get; init; }

    public string Checksum { get; init; } = "";

    public string Description { get; init; } = "";

    public IReadOnlyDictionary<string, ColumnPatch> Columns { get; init; } = ColumnPatch.None;

    public string? PatchPath { get; init; }

    public string? Database { get; init; }

    public string Schema { get; init; } = "";

    public string Alias { get; init; } = "";

    public IReadOnlyList<string> DependsOn { get; init; } = [];

    public TestMetadata? Test { get; init; }

    public SourceMetadata? Source { get; init; }

    /// <summary>False for ephemeral models, tests and operations: nothing in the warehouse bears their name.</summary>
    public bool IsRelational => ResourceType is ResourceType.Model or ResourceType.Seed or ResourceType.Source && Config.Materialized != "ephemeral";

    public string ResourceTypeName => ResourceType switch
    {
        ResourceType.Model => "model",
        ResourceType.Seed => "seed",
        ResourceType.Test => "test",
        ResourceType.Source => "source",
        _ => "operation",
    };
}

/// <summary>What a properties file says of a column.</summary>
internal sealed record ColumnPatch(
    string Name, string Description, string? DataType, IReadOnlyList<string> Tags, IReadOnlyDictionary<string, object?> Meta, bool Quote)
{
    public static readonly IReadOnlyDictionary<string, ColumnPatch> None = new Dictionary<string, ColumnPatch>();
}

/// <summary>A generic test's macro and arguments; <see cref="AttachedNode"/> is the model, seed or source it was declared on.</summary>
internal sealed record TestMetadata(
    string Name, string? Namespace, IReadOnlyDictionary<string, object?> Arguments, string? ColumnName, string? AttachedNode);

internal sealed record SourceMetadata(string SourceName, string Identifier, string SourceDescription, string Loader);
