using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Project;

/// <summary>Makes nodes of the tables that properties files declare under <c>sources:</c> (https://docs.getdbt.com/reference/source-properties).</summary>
internal sealed class SourceParser(ParseScope scope)
{
    private static readonly Dictionary<string, object?> Nothing = [];

    public IReadOnlyList<ParsedNode> Parse(IReadOnlyList<SourceTable> tables)
    {
        var nodes = new Dictionary<string, Node>();
        foreach (var node in tables.Select(Parse))
        {
            if (!nodes.TryAdd(node.UniqueId, node))
            {
                scope.Errors.Add(node.At, $"source '{node.Source!.SourceName}.{node.Name}' is already declared at {nodes[node.UniqueId].At}. Remove one.");
            }
        }

        return [.. nodes.Values.Select(node => new ParsedNode(node))];
    }

    private Node Parse(SourceTable table)
    {
        var patch = table.Patch;
        var (source, entry) = (table.SourceEntry, table.TableEntry);
        var package = scope.Package(patch.PackageName);
        var fqn = ParseScope.Fqn(package.Name, patch.File.PathInFolder, table.SourceName, table.TableName);
        var settings = Settings(table);
        var config = scope.Configs.For(ResourceType.Source, package, fqn, settings, Nothing);
        var identifier = entry.Text("identifier") ?? table.TableName;
        return new Node
        {
            UniqueId = $"source.{package.Name}.{table.SourceName}.{table.TableName}",
            Name = table.TableName,
            ResourceType = ResourceType.Source,
            PackageName = package.Name,
            Path = patch.File.Path,
            OriginalFilePath = patch.File.Path,
            Fqn = fqn,
            Config = config,
            UnrenderedConfig = scope.Configs.Unrendered(ResourceType.Source, package, fqn, settings, Nothing),
            At = patch.At,
            Description = scope.Describe(package.Name, patch.Description, patch.At),
            Columns = scope.Describe(patch),
            Database = source.Text("database") ?? scope.Invocation.Target.Database,
            Schema = source.Text("schema") ?? table.SourceName,
            Alias = identifier,
            Quoting = ParseScope.SourceQuoting(source["quoting"]?.Plain() as Dictionary<string, object?>, entry["quoting"]?.Plain() as Dictionary<string, object?>),
            Definition = entry,
            Source = new SourceMetadata(
                table.SourceName, identifier, scope.Describe(package.Name, source.Text("description") ?? "", source.At), source.Text("loader") ?? "")
            {
                Freshness = FreshnessReader.Read(YamlValue.FromPlain(patch.At, config["freshness"]), scope.Errors),
                LoadedAtField = config.Text("loaded_at_field"),
                LoadedAtQuery = config.Text("loaded_at_query"),
                SourceMeta = Meta(source),
                QuotesColumns = entry["quoting"]?.Flag("column") ?? source["quoting"]?.Flag("column"),
                External = entry["external"],
            },
        };
    }

    /// <summary>The configuration of source and table, the table's on top.</summary>
    private Dictionary<string, object?> Settings(SourceTable table)
    {
        var (source, entry) = (table.SourceEntry, table.TableEntry);
        var settings = source.PlainMap("config", scope.Errors);
        foreach (var (key, value) in entry.PlainMap("config", scope.Errors))
        {
            settings[key] = value;
        }

        Put("meta", Meta(source).Concat(Meta(entry)).GroupBy(item => item.Key).ToDictionary(group => group.Key, group => group.Last().Value));
        Put("tags", new[] { source, source["config"], entry, entry["config"] }.SelectMany(level => YamlValue.Texts(level?["tags"]))
            .Distinct().Order(StringComparer.Ordinal).Cast<object?>().ToList());
        var (freshness, isSet) = FreshnessReader.Merge([source, source["config"], entry, entry["config"]]);
        settings.Remove("freshness");
        if (isSet)
        {
            settings["freshness"] = freshness;
        }

        var (field, query) = LoadedAt(table);
        Put("loaded_at_field", field);
        Put("loaded_at_query", query);
        return settings;

        void Put(string key, object? value)
        {
            settings.Remove(key);
            if (value is not null and not System.Collections.ICollection { Count: 0 })
            {
                settings[key] = value;
            }
        }
    }

    private (string? Field, string? Query) LoadedAt(SourceTable table)
    {
        var (source, entry) = (table.SourceEntry, table.TableEntry);
        var fieldIsWritten = entry.Has("loaded_at_field") || entry["config"]?["loaded_at_field"] is not null;
        var ownQuery = Setting(entry, "loaded_at_query");
        foreach (var level in new[] { source, entry })
        {
            if (Setting(level, "loaded_at_field") is { Length: 0 })
            {
                scope.Errors.Add(level.At, $"the 'loaded_at_field' of '{table.SourceName}' is an empty text. Name a column, or write null for none.");
            }

            if (Setting(level, "loaded_at_field") is not null && Setting(level, "loaded_at_query") is not null)
            {
                scope.Errors.Add(level.At, $"'{table.SourceName}' has both 'loaded_at_field' and 'loaded_at_query'. Keep one.");
            }
        }

        return (
            fieldIsWritten || ownQuery is not null ? Setting(entry, "loaded_at_field") : Setting(source, "loaded_at_field"),
            ownQuery ?? (fieldIsWritten ? null : Setting(source, "loaded_at_query")));

        static string? Setting(YamlValue level, string key) => level.Text(key) ?? level["config"]?.Text(key);
    }

    private static Dictionary<string, object?> Meta(YamlValue level)
    {
        var meta = level["meta"]?.Plain() as Dictionary<string, object?> ?? [];
        foreach (var (key, value) in level["config"]?["meta"]?.Plain() as Dictionary<string, object?> ?? [])
        {
            meta[key] = value;
        }

        return meta;
    }
}
