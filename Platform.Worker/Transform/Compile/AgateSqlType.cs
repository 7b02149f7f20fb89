using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Run.Seeds;

namespace Platform.Worker.Transform.Compile;

/// <summary><c>adapter.convert_type(agate_table, index)</c>: the type of a column for a table's rows.</summary>
internal static class AgateSqlType
{
    public static Value Of(Arguments arguments)
    {
        if (arguments[0].As<AgateTable>() is not { } table)
        {
            return SeedTable.SqlType(arguments);
        }

        if (!Sequences.TryIndex(arguments[1], table.Columns.Count, out var index))
        {
            throw new JinjaException(JinjaErrorKind.IndexError, $"adapter.convert_type(): the table has {table.Columns.Count} columns, none at {arguments[1]}");
        }

        return table.ColumnTypes[index] switch
        {
            AgateType.Integer => "integer",
            AgateType.Number => table.Rows.Any(row => !row[index].IsNone && row[index].AsDouble() % 1 != 0) ? "float8" : "integer",
            AgateType.Boolean => "boolean",
            AgateType.Date => "date",
            AgateType.DateTime => "timestamp without time zone",
            _ => "text",
        };
    }
}
