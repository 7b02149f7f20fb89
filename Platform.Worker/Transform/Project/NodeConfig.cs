using System.Globalization;

namespace Platform.Worker.Transform.Project;

/// <summary>
/// A node's configuration, merged from dbt_project.yml, properties files and <c>config()</c> calls by dbt's rules
/// (<see cref="ConfigMerge"/>).
/// </summary>
internal sealed class NodeConfig
{
    public static readonly NodeConfig Empty = new(new Dictionary<string, object?>());

    private readonly Dictionary<string, object?> _values;

    private NodeConfig(Dictionary<string, object?> values) => _values = values;

    public IReadOnlyDictionary<string, object?> Values => _values;

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

    public object? this[string key] => _values.GetValueOrDefault(key);

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
        foreach (var (key, value) in layer)
        {
            ConfigMerge.Into(merged ??= new Dictionary<string, object?>(_values), key, value);
        }

        return merged is null ? this : new NodeConfig(merged);
    }

    public NodeConfig With(string key, object? value) => With([new(key, value)]);
}
