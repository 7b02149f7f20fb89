using System.Globalization;
using System.Text.RegularExpressions;
using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Catalog;

namespace Platform.Worker.Transform.Compile;

/// <summary>A column as macros see it (https://docs.getdbt.com/reference/dbt-classes#column).</summary>
internal sealed partial class ColumnValue(ColumnInfo column) : JinjaObject
{
    // dbt takes a column without a length for 256 characters.
    private const int DefaultStringSize = 256;

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
            "data_type" or "expanded_data_type" => DataType,
            "char_size" => Size(Column.CharacterLength),
            "numeric_precision" => Size(Column.NumericPrecision),
            "numeric_scale" => Size(Column.NumericScale),
            _ when Method(name) is { } method => new HostFunction(name, (_, arguments) => method(arguments)),
            _ => default,
        };
        return !value.IsMissing;

        static Value Size(int? size) => size is { } number ? number : Value.None;
    }

    public override bool TryCallMethod(RenderState state, string name, Arguments arguments, out Value result)
    {
        result = Method(name) is { } method ? method(arguments) : default;
        return !result.IsMissing;
    }

    public override bool ValueEquals(Value other) => other.As<ColumnValue>() is { } value && value.Column == Column;

    public override int ValueHash() => Column.GetHashCode();

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"PostgresColumn(column='{Column.Name}', dtype='{Column.Type}', char_size={Text(Column.CharacterLength)}, numeric_precision={Text(Column.NumericPrecision)}, numeric_scale={Text(Column.NumericScale)})");

    /// <summary>Functions of the class <c>api.Column</c>, which its objects have, too; null for another name.</summary>
    public static Func<Arguments, Value>? ClassMethod(string name) => name switch
    {
        "translate_type" => arguments => Translate(arguments[0].ToString()),
        "create" => arguments => new ColumnValue(new ColumnInfo(arguments[0].ToString(), Translate(arguments[1].ToString()))),
        "string_type" => arguments => $"character varying({arguments[0]})",
        "numeric_type" => arguments => arguments.Count < 3 || arguments[1].IsNone || arguments[2].IsNone
            ? arguments[0].ToString()
            : $"{arguments[0]}({arguments[1]},{arguments[2]})",
        "from_description" => arguments => FromDescription(arguments[0].ToString(), arguments[1].ToString()),
        _ => null,
    };

    private Func<Arguments, Value>? Method(string name) => name switch
    {
        "is_string" => _ => Column.IsString,
        "is_numeric" => _ => Column.IsNumeric,
        "is_integer" => _ => Column.IsInteger,
        "is_float" => _ => Column.IsFloat,
        "is_number" => _ => Column.IsNumeric || Column.IsInteger || Column.IsFloat,
        "string_size" => _ => StringSize,
        "can_expand_to" => arguments => (arguments.Count > 0 ? arguments[0] : arguments.TryGetNamed("other_column", out var named) ? named : default)
            .As<ColumnValue>() is { Column.IsString: true } other && Column.IsString && other.StringSize > StringSize,
        "literal" => arguments => $"{arguments[0]}::{DataType}",
        _ => ClassMethod(name),
    };

    private int StringSize => Column switch
    {
        { IsString: false } => throw new JinjaException(JinjaErrorKind.RuntimeError, $"string_size() of '{Column.Name}', which is no string but {Column.Type}"),
        { Type: "text" } => DefaultStringSize,
        _ => Column.CharacterLength ?? DefaultStringSize,
    };

    /// <summary>The type as dbt writes it in DDL: a string with a length is always a varchar.</summary>
    private string DataType => Column switch
    {
        { Type: "text" } or { Type: "character varying", CharacterLength: null } => Column.Type,
        { IsString: true } => string.Create(CultureInfo.InvariantCulture, $"character varying({StringSize})"),
        _ => Column.DataType,
    };

    private static string Text(int? size) => size?.ToString(CultureInfo.InvariantCulture) ?? "None";

    /// <summary>The name that PostgreSQL has for a type of dbt.</summary>
    public static string Translate(string type) => type.ToUpperInvariant() switch
    {
        "STRING" => "TEXT",
        _ => type,
    };

    private static ColumnValue FromDescription(string name, string type)
    {
        var match = TypeWithSize().Match(type);
        int[] sizes = [.. match.Groups[2].Value.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(size => int.TryParse(size, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new JinjaException(JinjaErrorKind.ValueError, $"Could not interpret data_type \"{type}\": '{size}' is no whole number"))];
        return new ColumnValue(new ColumnInfo(
            name, match.Groups[1].Value, sizes is [var length] ? length : null, sizes is [var precision, _] ? precision : null, sizes is [_, var scale] ? scale : null));
    }

    [GeneratedRegex(@"^([^(]+)(?:\(([^)]+)\))?")]
    private static partial Regex TypeWithSize();
}
