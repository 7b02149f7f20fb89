using System.Drawing;
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
        if (Fixed(node.ResourceType) is { } only && node.Config.Materialized != only)
        {
            errors.Add(node.At, $"{node.ResourceTypeName} '{node.Name}' must have a materialized value of '{only}', not '{node.Config.Materialized}'. Remove the setting.");
        }

        if (node.Config.Map("docs").GetValueOrDefault("node_color") is { } color && !IsColor(color.ToString()!))
        {
            errors.Add(node.At, $"the docs.node_color of {node.ResourceTypeName} '{node.Name}' is '{color}'. It is a name such as gold, or #rrggbb.");
        }

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

    private static string? Fixed(ResourceType type) => type switch { ResourceType.Seed => "seed", ResourceType.Test => "test", _ => null };

    private static bool IsColor(string text) => text.StartsWith('#')
        ? text.Length is 4 or 7 && text[1..].All(char.IsAsciiHexDigit)
        : Enum.TryParse<KnownColor>(text.Replace("grey", "gray", StringComparison.OrdinalIgnoreCase), ignoreCase: true, out var known)
            && !char.IsAsciiDigit(text[0]) && !Color.FromKnownColor(known).IsSystemColor;

    private static string Found(object? value) => value switch
    {
        IReadOnlyDictionary<string, object?> => "a mapping",
        string text => $"'{text}'",
        IEnumerable<object?> => "a list",
        _ => FormattableString.Invariant($"{value}"),
    };
}
