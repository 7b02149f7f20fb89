using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Project;

/// <summary>What a properties file (.yml) says of one model, seed, macro or test: description, configuration, columns, tests.</summary>
internal sealed record ResourcePatch(string Kind, string Name, string PackageName, SourceFile File, YamlValue Entry)
{
    public required string Description { get; init; }

    public required IReadOnlyDictionary<string, object?> Config { get; init; }

    public required IReadOnlyDictionary<string, ColumnPatch> Columns { get; init; }

    public required IReadOnlyList<TestEntry> Tests { get; init; }
}

/// <summary>One entry below <c>data_tests:</c>, on a resource or on one of its columns.</summary>
internal sealed record TestEntry(YamlValue Value, string? ColumnName, IReadOnlyList<string> ColumnTags);

/// <summary>One table of a source.</summary>
internal sealed record SourceTable(string SourceName, string TableName, YamlValue SourceEntry, YamlValue TableEntry, ResourcePatch Patch);

/// <summary>Everything that the properties files of one package declare.</summary>
internal sealed class Properties
{
    public List<ResourcePatch> Patches { get; } = [];

    public List<SourceTable> Sources { get; } = [];

    public List<(YamlValue Entry, string PackageName)> SemanticModels { get; } = [];

    public List<(YamlValue Entry, string PackageName)> Metrics { get; } = [];

    public List<(YamlValue Entry, string PackageName)> SavedQueries { get; } = [];

    /// <summary>Files are read side by side; the order of what they declare must not depend on which was first.</summary>
    public void Sort()
    {
        Patches.Sort((left, right) => Compare(left.Entry, right.Entry));
        Sources.Sort((left, right) => Compare(left.TableEntry, right.TableEntry));
        SemanticModels.Sort((left, right) => Compare(left.Entry, right.Entry));
        Metrics.Sort((left, right) => Compare(left.Entry, right.Entry));
        SavedQueries.Sort((left, right) => Compare(left.Entry, right.Entry));

        static int Compare(YamlValue left, YamlValue right) =>
            string.CompareOrdinal(left.At.File, right.At.File) is var files && files != 0 ? files : left.At.Line.CompareTo(right.At.Line);
    }
}
