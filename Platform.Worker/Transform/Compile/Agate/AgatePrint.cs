using System.Globalization;
using System.Text;
using Platform.Worker.Jinja.Builtins;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Compile;

/// <summary>Tables as text, the way agate prints them.</summary>
internal static class AgatePrint
{
    private const string Ellipsis = "...";

    public static string Table(AgateTable table, Arguments arguments)
    {
        var reader = arguments.Read("print_table");
        var mostRows = Limit(reader.Optional("max_rows", Value.None), 20);
        var mostColumns = Limit(reader.Optional("max_columns", Value.None), 6);
        reader.Optional("output");
        reader.Optional("max_precision");
        var mostCharacters = Limit(reader.Optional("max_column_width", Value.None), 20);
        var columns = Math.Min(mostColumns, table.Columns.Count);
        var lines = new List<string[]> { Line(table.Columns.Select(name => Fit(name, mostCharacters)), columns, table.Columns.Count) };
        lines.AddRange(table.Rows.Take(mostRows).Select(row => Line(row.Select(cell => Cell(cell, mostCharacters)), columns, row.Length)));
        if (table.Rows.Count > mostRows)
        {
            lines.Add(Enumerable.Repeat(Ellipsis, lines[0].Length).ToArray());
        }

        int[] widths = [.. Enumerable.Range(0, lines[0].Length).Select(column => lines.Max(line => line[column].Length))];
        var text = new StringBuilder();
        for (var index = 0; index < lines.Count; index++)
        {
            text.Append("| ").AppendJoin(" | ", lines[index].Select((cell, column) => Pad(table, cell, column, widths[column]))).Append(" |\n");
            if (index == 0)
            {
                text.Append("| ").AppendJoin(" | ", widths.Select(width => new string('-', width))).Append(" |\n");
            }
        }

        return text.ToString();
    }

    public static string Csv(AgateTable table)
    {
        var text = new StringBuilder().AppendJoin(',', table.Columns.Select(Field)).Append('\n');
        foreach (var row in table.Rows)
        {
            text.AppendJoin(',', row.Select(cell => cell.IsNone ? "" : Field(cell.ToString()))).Append('\n');
        }

        return text.ToString();
    }

    public static string Json(RenderState state, AgateTable table) => JsonText.Write(state, new ListValue(table.Rows.Select(row => Value.From(DictValue.From(
        table.Columns.Zip(row, (name, cell) => KeyValuePair.Create(name, Plain(cell))))))));

    /// <summary>The columns and their types.</summary>
    public static string Structure(AgateTable table)
    {
        var names = table.Columns.Append("column").Max(name => name.Length);
        var types = table.ColumnTypes.Select(type => type.ToString()).Append("data_type").Max(type => type.Length);
        var text = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"| {"column".PadRight(names)} | {"data_type".PadRight(types)} |\n")
            .Append(CultureInfo.InvariantCulture, $"| {new string('-', names)} | {new string('-', types)} |\n");
        foreach (var (name, type) in table.Columns.Zip(table.ColumnTypes))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {name.PadRight(names)} | {type.ToString().PadRight(types)} |\n");
        }

        return text.ToString();
    }

    private static string[] Line(IEnumerable<string> cells, int columns, int all) => columns < all ? [.. cells.Take(columns), Ellipsis] : [.. cells.Take(columns)];

    private static string Pad(AgateTable table, string cell, int column, int width) =>
        column < table.ColumnTypes.Count && table.ColumnTypes[column] is AgateType.Integer or AgateType.Number ? cell.PadLeft(width) : cell.PadRight(width);

    private static string Cell(Value cell, int most) => cell.IsNone ? "" : Fit(cell.ToString(), most);

    private static string Fit(string text, int most) => text.Length <= most ? text : text[..Math.Max(0, most - Ellipsis.Length)] + Ellipsis;

    private static string Field(string text) => text.AsSpan().ContainsAny(",\"\n\r") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;

    private static Value Plain(Value cell) => cell.Kind is ValueKind.Decimal ? cell.AsDouble() : cell.Kind is ValueKind.Object ? cell.ToString() : cell;

    private static int Limit(Value value, int otherwise) => value.TryGetInt64(out var number) ? (int)number : value.IsNone ? otherwise : int.MaxValue;
}
