using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Catalog;

namespace Platform.Worker.Transform.Compile;

/// <summary>A column as macros see it (https://docs.getdbt.com/reference/dbt-classes#column).</summary>
internal sealed class ColumnValue(ColumnInfo column) : JinjaObject
{
    public ColumnInfo Column { get; } = column;

    public override string TypeName => "PostgresColumn";

    public static Value List(IEnumerable<ColumnInfo> columns) => new ListValue(columns.Select(column => Value.From(new ColumnValue(column))));

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        value = name switch
        {
            "name" or "column" => Column.Name,
            "quoted" => $"\"{Column.Name}\"",
            "dtype" => Column.Type,
            "data_type" => Column.DataType,
            "char_size" => Column.CharacterLength is { } length ? length : Value.None,
            "numeric_precision" => Column.NumericPrecision is { } precision ? precision : Value.None,
            "numeric_scale" => Column.NumericScale is { } scale ? scale : Value.None,
            "is_string" or "is_numeric" or "is_number" or "is_integer" or "is_float" or "string_size" or "can_expand_to"
                or "string_type" or "numeric_type" or "literal" => new HostFunction(name, (inner, arguments) => Invoke(name, arguments)),
            _ => default,
        };
        return !value.IsMissing;
    }

    public override bool TryCallMethod(RenderState state, string name, Arguments arguments, out Value result)
    {
        result = Invoke(name, arguments);
        return !result.IsMissing;
    }

    private Value Invoke(string name, Arguments arguments) => name switch
    {
        "is_string" => Column.IsString,
        "is_numeric" => Column.IsNumeric,
        "is_integer" => Column.IsInteger,
        "is_float" => Column.IsFloat,
        "is_number" => Column.IsNumeric || Column.IsInteger || Column.IsFloat,
        "string_size" => StringSize,
        "can_expand_to" => arguments.Count > 0 && arguments[0].As<ColumnValue>() is { Column.IsString: true } other
            && Column.IsString && other.StringSize > StringSize,
        "string_type" => $"character varying({arguments[0]})",
        "numeric_type" => $"{arguments[0]}({arguments[1]},{arguments[2]})",
        "literal" => $"{arguments[0]}::{Column.DataType}",
        _ => default,
    };

    // dbt takes a column without a length for 256 characters.
    private int StringSize => Column.CharacterLength ?? 256;

    public override bool ValueEquals(Value other) => other.As<ColumnValue>() is { } value && value.Column == Column;

    public override int ValueHash() => Column.GetHashCode();

    public override string ToString() => $"<Column {Column.Name} ({Column.DataType})>";
}
