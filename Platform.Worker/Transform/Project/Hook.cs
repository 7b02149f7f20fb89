using System.Text.Json;

namespace Platform.Worker.Transform.Project;

/// <summary>A pre- or post-hook: its SQL, and whether it runs in the transaction of its node.</summary>
internal readonly record struct Hook(string Sql, bool RunsInTransaction)
{
    /// <summary>The hooks of a node's <c>pre-hook</c> or <c>post-hook</c>: none, one or a list.</summary>
    public static IEnumerable<Hook> ReadAll(object? configured) =>
        (configured switch { null => [], string single => [single], IEnumerable<object?> items => items, var single => [single] }).Select(Read);

    /// <summary>
    /// Reads a hook as it is configured: as text, as a mapping with sql and transaction, or as the JSON of one, which <c>before_begin()</c> and
    /// <c>after_commit()</c> write.
    /// </summary>
    private static Hook Read(object? configured) => configured switch
    {
        IReadOnlyDictionary<string, object?> map => new Hook(map.GetValueOrDefault("sql")?.ToString() ?? "", map.GetValueOrDefault("transaction") is not false),
        var text => FromText(text?.ToString() ?? ""),
    };

    private static Hook FromText(string text)
    {
        if (text.TrimStart() is not ['{', not ('{' or '%' or '#'), ..])
        {
            return new Hook(text, true);
        }

        try
        {
            using var json = JsonDocument.Parse(text);
            return new Hook(
                json.RootElement.TryGetProperty("sql", out var sql) ? sql.GetString() ?? "" : "",
                !json.RootElement.TryGetProperty("transaction", out var transaction) || transaction.ValueKind is not JsonValueKind.False);
        }
        catch (JsonException)
        {
            return new Hook(text, true);
        }
    }
}
