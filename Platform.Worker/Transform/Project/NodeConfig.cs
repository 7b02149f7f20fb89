using System.Globalization;

namespace Platform.Worker.Transform.Project;

/// <summary>
/// A node's configuration, merged from dbt_project.yml, properties files and <c>config()</c> calls by dbt's rules
/// (https://docs.getdbt.com/reference/define-configs): tags add up, meta and column_types merge, hooks append, all else is replaced.
/// </summary>
internal sealed class NodeConfig
{
    public static readonly NodeConfig Empty = new(new Dictionary<string, object?>());

    private NodeConfig(Dictionary<string, object?> values) => Values = values;

    public IReadOnlyDictionary<string, object?> Values { get; }

    public bool Enabled => Flag("enabled") ?? true;

    public string Materialized => Text("materialized") ?? "view";

    public string? Schema => Text("schema");

    public string? Alias => Text("alias");

    public string? Database => Text("database");

    public bool? FullRefresh => Flag("full_refresh");

    public string OnSchemaChange => Text("on_schema_change") ?? "ignore";

    public string? IncrementalStrategy => Text("incremental_strategy");

    public IReadOnlyList<string> Tags => Texts("tags");

    public IReadOnlyList<string> UniqueKey => Texts("unique_key");

    public IReadOnlyDictionary<string, object?> Meta => Map("meta");

    public bool IsWarningOnly => string.Equals(Text("severity"), "warn", StringComparison.OrdinalIgnoreCase);

    public object? this[string key] => Values.TryGetValue(key, out var value) ? value : null;

    public string? Text(string key) => this[key] switch
    {
        null => null,
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        var value => value.ToString(),
    };

    public bool? Flag(string key) => this[key] switch
    {
        bool flag => flag,
        string text when bool.TryParse(text, out var flag) => flag,
        _ => null,
    };

    /// <summary>One text or a list of them, as a list.</summary>
    public IReadOnlyList<string> Texts(string key) => this[key] switch
    {
        null => [],
        IEnumerable<object?> items => items.Select(item => item?.ToString() ?? "").ToList(),
        var single => [single.ToString() ?? ""],
    };

    public IReadOnlyDictionary<string, object?> Map(string key) => this[key] as IReadOnlyDictionary<string, object?> ?? Empty.Values;

    /// <summary>This configuration with a later, stronger layer on top.</summary>
    public NodeConfig With(IEnumerable<KeyValuePair<string, object?>> layer)
    {
        Dictionary<string, object?>? merged = null;
        foreach (var (rawKey, value) in layer)
        {
            var key = Canonical(rawKey);
            merged ??= new Dictionary<string, object?>(Values);
            merged[key] = merged.TryGetValue(key, out var before) ? Merge(key, before, value) : Initial(key, value);
        }

        return merged is null ? this : new NodeConfig(merged);
    }

    public NodeConfig With(string key, object? value) => With([new(key, value)]);

    private static string Canonical(string key) => key switch
    {
        "pre_hook" => "pre-hook",
        "post_hook" => "post-hook",
        "data_tests" => "tests",
        _ => key,
    };

    private static object? Initial(string key, object? value) => key is "tags" or "pre-hook" or "post-hook" ? Listed(value) : value;

    private static object? Merge(string key, object? before, object? value)
    {
        switch (key)
        {
            case "tags":
                return Listed(before).Concat(Listed(value)).Distinct().ToList();
            case "pre-hook" or "post-hook":
                return Listed(before).Concat(Listed(value)).ToList();
            case "meta" or "column_types" or "docs" or "persist_docs" or "grants"
                when before is Dictionary<string, object?> old && value is Dictionary<string, object?> added:
                var merged = new Dictionary<string, object?>(old);
                foreach (var (name, item) in added)
                {
                    merged[name] = item;
                }

                return merged;
            default:
                return value;
        }
    }

    private static List<object?> Listed(object? value) => value switch
    {
        null => [],
        List<object?> items => items,
        _ => [value],
    };
}
