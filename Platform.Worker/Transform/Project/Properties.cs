using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Project;

/// <summary>
/// What a properties file (.yml) says of one model, seed, snapshot, analysis, macro or singular test: description, configuration, columns,
/// tests. A model with versions has one for each of them.
/// </summary>
internal sealed record ResourcePatch(string Kind, string Name, string PackageName, SourceFile File, YamlValue Entry)
{
    public required string Description { get; init; }

    public required IReadOnlyDictionary<string, object?> Config { get; init; }

    /// <summary>The configuration with Jinja as written.</summary>
    public required IReadOnlyDictionary<string, object?> UnrenderedConfig { get; init; }

    public required IReadOnlyDictionary<string, ColumnPatch> Columns { get; init; }

    public required IReadOnlyList<TestEntry> Tests { get; init; }

    public IReadOnlyList<ModelConstraint> Constraints { get; init; } = [];

    public string? DeprecationDate { get; init; }

    public string? Version { get; init; }

    public string? LatestVersion { get; init; }

    /// <summary>The file of this version as <c>defined_in</c> names it; null for <c>name_vN</c>.</summary>
    public string? DefinedIn { get; init; }

    /// <summary>Name of the file, without extension, that it describes; the latest version may also be in <c>name.sql</c>.</summary>
    public string FileName => Version is null ? Name : DefinedIn ?? $"{Name}_v{Version}";

    public SourceLocation At => Entry.At;
}

/// <summary>One entry below <c>data_tests:</c>, on a resource or on one of its columns.</summary>
/// <param name="Value">The entry.</param>
/// <param name="Column">The column it is on, as the test gets it (quoted where the column is); null for a test of the resource.</param>
/// <param name="Tags">Tags it takes from the column and the source.</param>
internal sealed record TestEntry(YamlValue Value, string? Column, IReadOnlyList<string> Tags);

/// <summary>One table of a source, as the properties file and the <c>overrides:</c> of other projects leave it.</summary>
internal sealed record SourceTable(string SourceName, string TableName, YamlValue SourceEntry, YamlValue TableEntry, ResourcePatch Patch)
{
    /// <summary>The source's entry with its Jinja.</summary>
    public YamlValue WrittenSource { get; init; } = SourceEntry;
}

/// <summary>An entry of any other list, its Jinja rendered and as written.</summary>
internal sealed record PropertyEntry(string Section, YamlValue Entry, YamlValue Written, string PackageName, SourceFile File);

/// <summary>Everything that one properties file declares.</summary>
internal sealed record PropertiesFile
{
    public static readonly PropertiesFile Empty = new();

    public IReadOnlyList<ResourcePatch> Patches { get; init; } = [];

    public IReadOnlyList<SourceTable> Sources { get; init; } = [];

    public IReadOnlyList<PropertyEntry> Entries { get; init; } = [];

    public IReadOnlyList<TransformError> Warnings { get; init; } = [];
}

/// <summary>Everything that the properties files of all packages declare, in the order of packages and files.</summary>
internal sealed class Properties(IReadOnlyList<PropertiesFile> files)
{
    private readonly Dictionary<string, List<PropertyEntry>> _sections = files.SelectMany(file => file.Entries)
        .GroupBy(entry => entry.Section).ToDictionary(group => group.Key, group => group.ToList());

    public IReadOnlyList<ResourcePatch> Patches { get; } = [.. files.SelectMany(file => file.Patches)];

    public IReadOnlyList<SourceTable> Sources { get; } = [.. files.SelectMany(file => file.Sources)];

    public IReadOnlyList<(YamlValue Entry, string PackageName)> SemanticModels => Pairs("semantic_models");

    public IReadOnlyList<(YamlValue Entry, string PackageName)> Metrics => Pairs("metrics");

    public IReadOnlyList<(YamlValue Entry, string PackageName)> SavedQueries => Pairs("saved_queries");

    /// <summary>The entries of a list: <c>exposures</c>, <c>groups</c>, <c>unit_tests</c>, <c>metrics</c>, ...</summary>
    public IReadOnlyList<PropertyEntry> Section(string name) => _sections.TryGetValue(name, out var entries) ? entries : [];

    private List<(YamlValue Entry, string PackageName)> Pairs(string section) => [.. Section(section).Select(entry => (entry.Entry, entry.PackageName))];
}
