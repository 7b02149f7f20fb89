using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Project;

/// <summary>Settings of a node that have the wrong shape: a list for a name, a text for a mapping.</summary>
internal static class ConfigTypes
{
    private static readonly string[] Texts = ["materialized", "schema", "alias", "database", "group", "incremental_strategy", "on_schema_change", "access"];

    private static readonly string[] Flags = ["enabled", "full_refresh"];

    private static readonly string[] Mappings = ["meta", "grants", "persist_docs", "column_types", "contract", "quoting"];

    public static void Check(Node node, ProjectErrors errors)
    {
        foreach (var (key, value) in node.Config.Values)
        {
            var expected = value switch
            {
                null => null,
                string text when Flags.Contains(key) && !bool.TryParse(text, out _) => "true or false",
                IEnumerable<object?> when Texts.Contains(key) => "a text",
                IEnumerable<object?> or long or double when Flags.Contains(key) => "true or false",
                not IReadOnlyDictionary<string, object?> when Mappings.Contains(key) => "a mapping",
                IReadOnlyDictionary<string, object?> when key == "tags" => "a text or a list of texts",
                _ => null,
            };
            if (expected is not null)
            {
                errors.Add(node.At, $"the setting '{key}' of {node.ResourceTypeName} '{node.Name}' is {Found(value)}, where {expected} is expected.");
            }
        }
    }

    private static string Found(object? value) => value switch
    {
        IReadOnlyDictionary<string, object?> => "a mapping",
        string text => $"'{text}'",
        IEnumerable<object?> => "a list",
        _ => FormattableString.Invariant($"{value}"),
    };
}
