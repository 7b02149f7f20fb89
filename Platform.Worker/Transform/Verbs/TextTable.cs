using System.Globalization;
using System.Text;
using Platform.Worker.Transform.Run;

namespace Platform.Worker.Transform.Verbs;

/// <summary>Rows as dbt shows them (agate's print_table): at most six columns of at most 20 characters, numbers to the right with three decimals.</summary>
internal static class TextTable
{
    private const int MaxColumns = 6;
    private const int MaxWidth = 20;
    private const int MaxDecimals = 3;
    private const string Ellipsis = "...";

    public static string Of(QueryResult rows)
    {
        var shown = Math.Min(rows.Columns.Count, MaxColumns);
        var isCut = rows.Columns.Count > MaxColumns;
        var lines = new List<string[]> { Line(rows.Columns, Cut) };
        lines.AddRange(rows.Rows.Select(row => Line(row, static cell => Cut(Cell(cell)))));
        var widths = Enumerable.Range(0, lines[0].Length).Select(column => lines.Max(line => line[column].Length)).ToArray();
        var text = new StringBuilder();
        for (var index = 0; index < lines.Count; index++)
        {
            Append(text, lines[index].Select((cell, column) => IsText(column) ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column])));
            if (index == 0)
            {
                Append(text, widths.Select(width => new string('-', width)));
            }
        }

        return text.ToString();

        string[] Line<T>(IReadOnlyList<T> cells, Func<T, string> format) => [.. cells.Take(shown).Select(format), .. isCut ? [Ellipsis] : Array.Empty<string>()];

        // A column without any number or time counts as text, as it does for agate.
        bool IsText(int column) => column < shown && rows.Rows.All(row => row[column] is null or string);
    }

    private static void Append(StringBuilder text, IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    private static string Cut(string text) => text.Length > MaxWidth ? text[..(MaxWidth - Ellipsis.Length)] + Ellipsis : text;

    private static string Cell(object? cell) => cell switch
    {
        null => "",
        string text => text,
        bool flag => flag ? "True" : "False",
        decimal number => Number(number),
        double number => double.IsFinite(number) ? Number((decimal)number) : number.ToString(CultureInfo.InvariantCulture),
        float number => float.IsFinite(number) ? Number((decimal)number) : number.ToString(CultureInfo.InvariantCulture),
        short or int or long => ((IFormattable)cell).ToString("#,##0", CultureInfo.InvariantCulture),
        DateTime time => time.ToString(time.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd HH:mm:ss" : "yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture),
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        Array items => $"[{string.Join(", ", items.Cast<object?>().Select(Cell))}]",
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => cell.ToString() ?? "",
    };

    private static string Number(decimal number)
    {
        var exact = number.ToString("#,##0.############################", CultureInfo.InvariantCulture);
        return exact.IndexOf('.') is var point and >= 0 && exact.Length - point - 1 > MaxDecimals ? exact[..(point + 1 + MaxDecimals)] + "…" : exact;
    }
}
