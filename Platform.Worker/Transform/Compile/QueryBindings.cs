using System.Text;
using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Transform.Compile;

/// <summary>Puts values in the place of <c>%s</c>, as Python's driver does before it sends a statement; <c>%%</c> is a percent sign.</summary>
internal static class QueryBindings
{
    /// <exception cref="JinjaException">There are more or fewer values than places.</exception>
    public static string Apply(string sql, IReadOnlyList<Value> values)
    {
        var text = new StringBuilder(sql.Length);
        var next = 0;
        for (var index = 0; index < sql.Length; index++)
        {
            if (sql[index] != '%' || index + 1 == sql.Length || sql[index + 1] is not ('s' or '%'))
            {
                text.Append(sql[index]);
                continue;
            }

            text.Append(sql[++index] == '%' ? "%" : next < values.Count ? Literal(values[next]) : "");
            next += sql[index] == 's' ? 1 : 0;
        }

        return next == values.Count
            ? text.ToString()
            : throw new JinjaException(JinjaErrorKind.TypeError, $"the statement has {next} places for values, and {values.Count} values were given");
    }

    private static string Literal(Value value) => value.Kind switch
    {
        ValueKind.None => "null",
        ValueKind.Boolean => value.IsTrue ? "true" : "false",
        ValueKind.Integer or ValueKind.Decimal => value.ToString(),
        ValueKind.Float when double.IsFinite(value.AsDouble()) => value.ToString(),
        _ => Sql.Literal(value.ToString()),
    };
}
