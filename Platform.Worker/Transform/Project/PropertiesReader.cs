using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Project;

/// <summary>
/// Reads properties files: <c>models:</c>, <c>seeds:</c>, <c>sources:</c>, <c>macros:</c>, <c>data_tests:</c>, <c>semantic_models:</c>,
/// <c>metrics:</c>, <c>saved_queries:</c> (https://docs.getdbt.com/reference/configs-and-properties).
/// </summary>
internal static class PropertiesReader
{
    private static readonly string[] PatchedKinds = ["models", "seeds", "snapshots", "macros", "analyses", "data_tests", "tests"];

    /// <summary>Properties of a resource that are configurations as well; dbt takes them at the top level, too.</summary>
    private static readonly string[] TopLevelConfigs = ["tags", "meta", "docs", "access", "group", "deprecation_date"];

    public static void Read(Package package, SourceFile file, Properties properties, ProjectErrors errors)
    {
        if (YamlValue.Read(file, errors) is not { } yaml)
        {
            return;
        }

        if (yaml.Map is null)
        {
            errors.Add(yaml.At, "a properties file holds a mapping such as 'models:' with a list below it.");
            return;
        }

        var patches = PatchedKinds.SelectMany(kind => yaml.List(kind, errors).Select(entry => ReadPatch(package, file, kind, entry, errors)))
            .OfType<ResourcePatch>().ToList();
        var sources = yaml.List("sources", errors).SelectMany(source => ReadSource(package, file, source, errors)).ToList();
        lock (properties)
        {
            properties.Patches.AddRange(patches);
            properties.Sources.AddRange(sources);
            properties.SemanticModels.AddRange(yaml.List("semantic_models", errors).Select(entry => (entry, package.Name)));
            properties.Metrics.AddRange(yaml.List("metrics", errors).Select(entry => (entry, package.Name)));
            properties.SavedQueries.AddRange(yaml.List("saved_queries", errors).Select(entry => (entry, package.Name)));
        }
    }

    private static ResourcePatch? ReadPatch(Package package, SourceFile file, string kind, YamlValue entry, ProjectErrors errors)
    {
        if (entry.RequiredText("name", $"an entry of '{kind}'", errors) is not { } name)
        {
            return null;
        }

        var tests = Tests(entry, null, [], errors).ToList();
        var columns = new Dictionary<string, ColumnPatch>();
        foreach (var column in entry.List("columns", errors))
        {
            if (column.RequiredText("name", $"a column of '{name}'", errors) is not { } columnName)
            {
                continue;
            }

            var config = column["config"];
            var tags = Texts(column["tags"]).Concat(Texts(config?["tags"])).ToList();
            var meta = (config?["meta"] ?? column["meta"])?.Plain() as Dictionary<string, object?> ?? [];
            var quote = column["quote"]?.Scalar as bool?;
            var patch = new ColumnPatch(columnName, column.Text("description") ?? "", column.Text("data_type"), tags, meta, quote);
            if (!columns.TryAdd(columnName, patch))
            {
                errors.Add(column.At, $"column '{columnName}' of '{name}' is declared twice. Remove one of the two.");
            }

            tests.AddRange(Tests(column, columnName, tags, errors));
        }

        var configured = new Dictionary<string, object?>();
        foreach (var key in TopLevelConfigs.Where(key => entry[key] is not null))
        {
            configured[key] = entry[key]!.Plain();
        }

        foreach (var (key, value) in entry["config"]?.Map ?? new Dictionary<string, YamlValue>())
        {
            configured[key] = value.Plain();
        }

        return new ResourcePatch(kind, name, package.Name, file, entry)
        {
            Description = entry.Text("description") ?? "",
            Config = configured,
            Columns = columns,
            Tests = tests,
        };
    }

    private static IEnumerable<SourceTable> ReadSource(Package package, SourceFile file, YamlValue source, ProjectErrors errors)
    {
        if (source.RequiredText("name", "a source", errors) is not { } name)
        {
            yield break;
        }

        foreach (var table in source.List("tables", errors))
        {
            if (ReadPatch(package, file, "sources", table, errors) is { } patch)
            {
                yield return new SourceTable(name, patch.Name, source, table, patch);
            }
        }
    }

    private static IEnumerable<TestEntry> Tests(YamlValue owner, string? column, IReadOnlyList<string> tags, ProjectErrors errors) =>
        owner.List("data_tests", errors).Concat(owner.List("tests", errors)).Select(entry => new TestEntry(entry, column, tags));

    private static IEnumerable<string> Texts(YamlValue? value) =>
        value?.Items?.Select(item => item.AsText() ?? "") ?? (value?.AsText() is { } single ? [single] : []);
}
