using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Project;

/// <summary>Reads an entry of <c>models:</c>, <c>seeds:</c>, <c>snapshots:</c>, ... or a table of a source.</summary>
internal sealed class PatchReader(Package package, SourceFile file, string kind, ProjectErrors errors)
{
    /// <summary>Properties that are configurations although they stand beside <c>config:</c>.</summary>
    private static readonly string[] TopLevelConfigs = ["meta", "docs", "group", "contract", "access"];

    private static readonly HashSet<string> KnownKeys =
    [
        "name", "description", "docs", "latest_version", "deprecation_date", "access", "config", "constraints", "tests", "data_tests", "columns",
        "time_spine", "versions", "meta", "group", "contract", "quote_columns", "semantic_model", "agg_time_dimension", "primary_entity",
        "derived_semantics", "metrics", "relation", "arguments", "tags", "loaded_at_field", "loaded_at_query", "identifier", "quoting", "freshness",
        "external", "data_type", "loader", "database", "schema",
    ];

    /// <summary>Tags that every test gets: those of the source.</summary>
    public IReadOnlyList<string> InheritedTags { get; init; } = [];

    /// <summary>Whether the source that the table is of quotes columns (<c>quoting: column:</c>).</summary>
    public bool? InheritedQuoting { get; init; }

    /// <param name="entry">The entry, its Jinja rendered.</param>
    /// <param name="written">The entry as written.</param>
    public IEnumerable<ResourcePatch> Read(YamlValue entry, YamlValue written)
    {
        if (entry.RequiredText("name", $"an entry of '{kind}'", errors) is not { } name)
        {
            return [];
        }

        foreach (var (key, value) in entry.Map!.Where(property => !KnownKeys.Contains(property.Key)))
        {
            errors.Warn(value.At, "CustomKeyInObjectDeprecation", $"'{key}' is no property of an entry of '{kind}'. Put what is your own below 'config: meta:'.");
        }

        if (entry["tests"] is not null && entry["data_tests"] is not null)
        {
            errors.Add(entry["tests"]!.At, $"'{name}' has 'tests' and 'data_tests'. Put all of them below 'data_tests'.");
        }

        var quoteColumns = entry.Flag("quote_columns") ?? entry["config"]?.Flag("quote_columns")
            ?? (kind == "sources" ? entry["quoting"]?.Flag("column") ?? InheritedQuoting : null) ?? false;
        var tags = kind == "sources" ? [.. InheritedTags, .. YamlValue.Texts(entry["tags"])] : InheritedTags;
        var columns = entry.List("columns", errors).Select(column => ReadColumn(column, name, quoteColumns, tags)).OfType<Column>().ToList();
        var patch = new ResourcePatch(kind, name, package.Name, file, entry)
        {
            Description = entry.Text("description") ?? "",
            Config = Config(entry, name),
            UnrenderedConfig = ReferenceEquals(entry, written) ? Config(entry, name) : Config(written, name),
            Columns = ByName(columns),
            Tests = [.. columns.SelectMany(column => column.Tests), .. Tests(entry, null, tags)],
            Constraints = [.. entry.List("constraints", errors).Select(constraint => ConstraintReader.Read(constraint, $"model '{name}'", errors)).OfType<ModelConstraint>()],
            DeprecationDate = entry.Text("deprecation_date"),
        };
        return kind == "models" && entry["versions"] is not null ? Versions(patch, columns) : [patch];
    }

    private IEnumerable<ResourcePatch> Versions(ResourcePatch model, List<Column> columns)
    {
        var versions = new Dictionary<string, YamlValue>();
        foreach (var version in model.Entry.List("versions", errors))
        {
            if (version.RequiredText("v", $"a version of '{model.Name}'", errors) is { } number && !versions.TryAdd(number, version))
            {
                errors.Add(version.At, $"version '{number}' of '{model.Name}' is listed twice. Remove one.");
            }
        }

        if (versions.Count == 0)
        {
            return [];
        }

        var highest = versions.Keys.Aggregate((highest, next) => Compare(highest, next) >= 0 ? highest : next);
        var latest = model.Entry.Text("latest_version") ?? highest;
        if (!versions.ContainsKey(latest))
        {
            errors.Add(
                model.Entry["latest_version"]!.At,
                $"'latest_version' of '{model.Name}' is {latest}, which is none of its versions: {string.Join(", ", versions.Keys)}.");
            latest = highest;
        }

        return versions.Select(version => Version(model, columns, version.Key, latest, version.Value)).ToList();
    }

    private ResourcePatch Version(ResourcePatch model, List<Column> modelColumns, string number, string latest, YamlValue entry)
    {
        var quoteColumns = model.Entry.Flag("quote_columns") ?? false;
        var selections = entry.List("columns", errors).Where(column => column["include"] is not null || column["exclude"] is not null).ToList();
        if (selections.Count > 1)
        {
            errors.Add(selections[1].At, $"version '{number}' of '{model.Name}' has two include/exclude entries. Write one.");
        }

        var include = selections.Count > 0 ? selections[0]["include"] : null;
        var excluded = selections.Count > 0 ? YamlValue.Texts(selections[0]["exclude"]) : [];
        bool Includes(Column column) =>
            (include is null || include.AsText() is "*" or "all" || YamlValue.Texts(include).Contains(column.Patch.Name)) && !excluded.Contains(column.Patch.Name);

        var own = entry.List("columns", errors).Except(selections).Select(column => ReadColumn(column, model.Name, quoteColumns, [])).OfType<Column>().ToList();
        var columns = modelColumns.Where(column => Includes(column) && own.TrueForAll(other => other.Patch.Name != column.Patch.Name)).Concat(own).ToList();
        var tests = entry["data_tests"] is not null || entry["tests"] is not null ? Tests(entry, null, []) : model.Tests.Where(test => test.Column is null);
        var constraints = entry.List("constraints", errors).Select(constraint => ConstraintReader.Read(constraint, $"model '{model.Name}'", errors)).OfType<ModelConstraint>().ToList();
        var config = new Dictionary<string, object?>(model.Config);
        foreach (var (key, value) in Config(entry, model.Name))
        {
            config[key] = value is Dictionary<string, object?> added && config.TryGetValue(key, out var before) && before is Dictionary<string, object?> old
                ? old.Concat(added).GroupBy(item => item.Key).ToDictionary(group => group.Key, group => group.Last().Value)
                : value;
        }

        return model with
        {
            Version = number,
            LatestVersion = latest,
            DefinedIn = entry.Text("defined_in"),
            Description = entry.Text("description") is { Length: > 0 } description ? description : model.Description,
            Config = config,
            Columns = ByName(columns),
            Tests = [.. columns.SelectMany(column => column.Tests), .. tests],
            Constraints = constraints.Count > 0 ? constraints : model.Constraints,
            DeprecationDate = entry.Text("deprecation_date"),
        };
    }

    /// <summary>The order of versions: numbers by value, anything else as text.</summary>
    public static int Compare(string left, string right) =>
        double.TryParse(left, System.Globalization.CultureInfo.InvariantCulture, out var first)
        && double.TryParse(right, System.Globalization.CultureInfo.InvariantCulture, out var second)
            ? first.CompareTo(second)
            : string.CompareOrdinal(left, right);

    private Dictionary<string, object?> Config(YamlValue entry, string name)
    {
        var config = entry.PlainMap("config", errors);
        foreach (var key in TopLevelConfigs.Where(key => entry.Has(key)))
        {
            if (!config.TryAdd(key, entry[key]?.Plain()))
            {
                errors.Add(entry.At, $"'{key}' of '{name}' stands beside 'config' and in it. Keep the one below 'config'.");
            }
        }

        return config;
    }

    private Column? ReadColumn(YamlValue entry, string owner, bool quoteColumns, IReadOnlyList<string> tags)
    {
        if (entry.RequiredText("name", $"a column of '{owner}'", errors) is not { } name)
        {
            return null;
        }

        var config = entry["config"];
        var columnTags = YamlValue.Texts(entry["tags"]).Concat(YamlValue.Texts(config?["tags"])).Distinct().ToList();
        var meta = entry.PlainMap("meta", errors);
        foreach (var (key, value) in config?.PlainMap("meta", errors) ?? [])
        {
            meta[key] = value;
        }

        var quote = entry.Flag("quote");
        var patch = new ColumnPatch(name, entry.Text("description") ?? "", entry.Text("data_type"), columnTags, meta, quote)
        {
            Granularity = entry.Text("granularity"),
            Constraints = [.. entry.List("constraints", errors).Select(constraint => ConstraintReader.Read(constraint, $"column '{name}' of '{owner}'", errors)).OfType<ModelConstraint>()],
            Config = new Dictionary<string, object?> { ["meta"] = meta, ["tags"] = columnTags },
        };
        var shown = quote ?? quoteColumns ? $"\"{name}\"" : name;
        return new Column(patch, [.. Tests(entry, shown, [.. tags, .. columnTags])]);
    }

    /// <summary>Of two columns of one name the last counts, as in dbt.</summary>
    private static Dictionary<string, ColumnPatch> ByName(IEnumerable<Column> columns)
    {
        var byName = new Dictionary<string, ColumnPatch>();
        foreach (var column in columns)
        {
            byName[column.Patch.Name] = column.Patch;
        }

        return byName;
    }

    private IEnumerable<TestEntry> Tests(YamlValue owner, string? column, IReadOnlyList<string> tags) =>
        owner.List("data_tests", errors).Concat(owner.List("tests", errors)).Select(entry => new TestEntry(entry, column, tags));

    private sealed record Column(ColumnPatch Patch, IReadOnlyList<TestEntry> Tests);
}
