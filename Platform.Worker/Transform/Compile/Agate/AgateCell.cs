using System.Globalization;
using System.Text;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Compile.Python;

namespace Platform.Worker.Transform.Compile;

/// <summary>The types of agate's columns, under the names that dbt's own classes have.</summary>
internal enum AgateType
{
    Integer,
    Number,
    Boolean,
    Date,
    DateTime,
    Text,
}

/// <summary>A column's type, as <c>table.column_types</c> holds it.</summary>
internal sealed class AgateTypeValue(AgateType type) : JinjaObject
{
    public AgateType Type { get; } = type;

    public override string TypeName => Type.ToString();

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        value = name switch
        {
            "jsonify" => new HostFunction(name, (_, arguments) => Plain(arguments[0])),
            "csvify" => new HostFunction(name, (_, arguments) => arguments[0].IsNone ? Value.None : arguments[0].ToString()),
            "cast" => new HostFunction(name, (_, arguments) => arguments[0]),
            _ => default,
        };
        return !value.IsMissing;
    }

    public override bool ValueEquals(Value other) => other.As<AgateTypeValue>()?.Type == Type;

    public override int ValueHash() => (int)Type;

    public override string ToString() => $"<agate.data_types.{Type}>";

    /// <summary>A cell of the column as JSON has it: numbers as floats, times as text.</summary>
    private Value Plain(Value cell) => (Type, cell.IsNone) switch
    {
        (_, true) or (AgateType.Integer or AgateType.Boolean, _) => cell,
        (AgateType.Number, _) => cell.AsDouble(),
        (AgateType.Date or AgateType.DateTime, _) => cell.ToString().Replace(' ', 'T'),
        _ => cell.ToString(),
    };
}

/// <summary>Cells: a value of the driver as it is in the table that dbt makes of a result.</summary>
internal static class AgateCell
{
    // A decimal holds no more; beyond it a number stays a float.
    private const double LargestDecimal = 7.9e28;

    public static Value Of(object? value) => value switch
    {
        null => Value.None,
        DateTime { Kind: DateTimeKind.Utc } instant => new DateTimeValue(instant, ZoneValue.Utc),
        DateTime time => new DateTimeValue(time),
        DateOnly date => new DateValue(date),
        TimeOnly time => new TimeValue(time).ToString(),
        TimeSpan span => new TimeDeltaValue(span).ToString(),
        float single => Number(float.IsFinite(single) ? double.Parse(single.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : single),
        double number => Number(number),
        byte[] bytes => $"\\x{Convert.ToHexStringLower(bytes)}",
        bool or string or short or int or long or decimal => Value.FromClr(value),
        Array array => Json(new StringBuilder(), array).ToString(),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    public static AgateType TypeOf(IEnumerable<Value> cells)
    {
        AgateType? type = null;
        foreach (var cell in cells.Where(cell => !cell.IsNone))
        {
            var found = cell switch
            {
                { Kind: ValueKind.Boolean } => AgateType.Boolean,
                { Kind: ValueKind.Integer } => AgateType.Integer,
                { IsNumber: true } => AgateType.Number,
                { Object: DateValue } => AgateType.Date,
                { Object: DateTimeValue } => AgateType.DateTime,
                _ => AgateType.Text,
            };
            type = type is null || type == found ? found
                : (type, found) is (AgateType.Integer, AgateType.Number) or (AgateType.Number, AgateType.Integer) ? AgateType.Number
                : AgateType.Text;
        }

        return type ?? AgateType.Integer;
    }

    /// <summary>agate keeps every number that is not whole as a decimal.</summary>
    private static Value Number(double number) =>
        double.IsFinite(number) && Math.Abs(number) < LargestDecimal
            && decimal.TryParse(NumberText.Float(number), NumberStyles.Float, CultureInfo.InvariantCulture, out var exact)
                ? exact
                : number;

    /// <summary>An array is a list to Python's driver, and dbt puts lists into tables as JSON.</summary>
    private static StringBuilder Json(StringBuilder text, Array array)
    {
        text.Append('[');
        var first = true;
        foreach (var item in array)
        {
            text.Append(first ? "" : ", ");
            first = false;
            _ = item switch
            {
                null => text.Append("null"),
                bool flag => text.Append(flag ? "true" : "false"),
                Array inner => Json(text, inner),
                short or int or long or float or double or decimal => text.Append(Value.FromClr(item)),
                _ => text.Append(System.Text.Json.JsonSerializer.Serialize(Of(item).ToString())),
            };
        }

        return text.Append(']');
    }
}
