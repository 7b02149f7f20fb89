using System.Text.Encodings.Web;
using System.Text.Json;
using Platform.Worker.Transform.Run;

namespace Platform.Worker.Transform.Verbs;

/// <summary>Rows of a query as JSON: an array of objects, times in ISO 8601.</summary>
internal static class JsonRows
{
    public static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static List<Dictionary<string, object?>> Of(QueryResult rows) =>
        [.. rows.Rows.Select(row => rows.Columns.Select((column, index) => (column, Value: Cell(row[index])))
            .DistinctBy(entry => entry.column).ToDictionary(entry => entry.column, entry => entry.Value))];

    private static object? Cell(object? cell) => cell switch
    {
        null or string or bool or short or int or long or decimal => cell,
        double number => double.IsFinite(number) ? number : null,
        float number => float.IsFinite(number) ? number : null,
        DateTime time => time.ToString(time.Kind is DateTimeKind.Utc ? "yyyy-MM-dd'T'HH:mm:ss.FFFFFF'+00:00'" : "yyyy-MM-dd'T'HH:mm:ss.FFFFFF"),
        DateOnly date => date.ToString("yyyy-MM-dd"),
        Array items => items.Cast<object?>().Select(Cell).ToList(),
        _ => cell.ToString(),
    };
}
