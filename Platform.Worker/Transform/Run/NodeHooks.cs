using System.Text.Json;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Run;

/// <summary>
/// Pre- and post-hooks as <c>run_hooks</c> takes them. They are configured as text, as a mapping with sql and transaction, or as the JSON of
/// one, which <c>before_begin()</c> and <c>after_commit()</c> write.
/// </summary>
internal static class NodeHooks
{
    public static ListValue Parse(object? configured)
    {
        var hooks = new ListValue();
        foreach (var hook in configured switch { null => [], List<object?> items => items, var single => [single] })
        {
            var (sql, transaction) = hook switch
            {
                IReadOnlyDictionary<string, object?> map => (map.GetValueOrDefault("sql")?.ToString() ?? "", map.GetValueOrDefault("transaction") is not false),
                var text => FromText(text?.ToString() ?? ""),
            };
            hooks.Items.Add(DictValue.From(new Dictionary<string, Value> { ["sql"] = sql, ["transaction"] = transaction, ["index"] = hooks.Items.Count }));
        }

        return hooks;
    }

    private static (string Sql, bool Transaction) FromText(string text)
    {
        if (text.TrimStart() is not ['{', not ('{' or '%' or '#'), ..])
        {
            return (text, true);
        }

        try
        {
            using var json = JsonDocument.Parse(text);
            return (
                json.RootElement.TryGetProperty("sql", out var sql) ? sql.GetString() ?? "" : "",
                !json.RootElement.TryGetProperty("transaction", out var transaction) || transaction.ValueKind is not JsonValueKind.False);
        }
        catch (JsonException)
        {
            return (text, true);
        }
    }
}
