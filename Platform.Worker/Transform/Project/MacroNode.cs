using Platform.Worker.Jinja;

namespace Platform.Worker.Transform.Project;

/// <summary>A macro with what properties files say of it (https://docs.getdbt.com/reference/macro-properties).</summary>
internal sealed record MacroNode
{
    /// <summary><c>macro.package.name</c>.</summary>
    public required string UniqueId { get; init; }

    public required string Name { get; init; }

    public required string PackageName { get; init; }

    /// <summary>Path below the package's root.</summary>
    public required string OriginalFilePath { get; init; }

    public required MacroDefinition Definition { get; init; }

    public string Description { get; init; } = "";

    public IReadOnlyList<MacroArgument> Arguments { get; init; } = [];

    public IReadOnlyDictionary<string, object?> Meta { get; init; } = new Dictionary<string, object?>();

    public IReadOnlyDictionary<string, object?> Docs { get; init; } = new Dictionary<string, object?>();

    /// <summary><c>package://path</c> of the properties file that describes it.</summary>
    public string? PatchPath { get; init; }

    /// <summary>Its text, tags included.</summary>
    public string Source => Definition.Source;
}

/// <summary>An argument that properties describe.</summary>
internal sealed record MacroArgument(string Name, string? Type, string Description);

/// <summary>A docs block: <c>doc.package.name</c>.</summary>
internal sealed record DocsBlock(string UniqueId, string Name, string PackageName, string OriginalFilePath, string Text);

/// <summary>A group of models (https://docs.getdbt.com/reference/resource-configs/group).</summary>
internal sealed record GroupDefinition
{
    /// <summary><c>group.package.name</c>.</summary>
    public required string UniqueId { get; init; }

    public required string Name { get; init; }

    public required string PackageName { get; init; }

    public required string OriginalFilePath { get; init; }

    public required SourceLocation At { get; init; }

    public string? Description { get; init; }

    /// <summary><c>owner:</c> as written: name, email and whatever else it holds.</summary>
    public IReadOnlyDictionary<string, object?> Owner { get; init; } = new Dictionary<string, object?>();

    public IReadOnlyDictionary<string, object?> Config { get; init; } = new Dictionary<string, object?>();
}
