using System.Globalization;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Filters;
using Platform.Metrics.Plan.Tree;

namespace Platform.Metrics.Plan;

/// <summary>Gives a literal the type of the column that it is compared with.</summary>
internal static class LiteralBinding
{
    private static readonly string[] TimestampFormats =
    [
        "yyyy-MM-dd", "yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-ddTHH:mm:ss.FFFFFF",
        "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.FFFFFF",
        "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFK",
    ];

    /// <param name="literal">The literal.</param>
    /// <param name="name">What it is compared with, for messages.</param>
    /// <param name="type">The type of that.</param>
    /// <exception cref="FilterException">The literal cannot be of the type.</exception>
    public static Constant Bind(Literal literal, string name, DataType type)
    {
        var column = new Named(name, type);
        var value = type switch
        {
            DataType.Boolean => literal.Kind == LiteralKind.Boolean ? literal.Value == "true" : throw Mismatch(literal, column, "true or false"),
            DataType.Date => Date(literal, column),
            DataType.Timestamp or DataType.TimestampTz => Timestamp(literal, column),
            _ when type.IsNumber() => Number(literal, column),
            _ => literal.Kind == LiteralKind.Text ? literal.Value : throw Mismatch(literal, column, "a text in quotes"),
        };
        if (value is string text && text.Contains('\0', StringComparison.Ordinal))
        {
            throw new FilterException("The text holds a NUL character, which no column can.", literal.Position);
        }

        // A fraction compared with whole numbers stays a fraction.
        return new Constant(value, value is decimal ? DataType.Decimal : type);
    }

    /// <summary>A date; programs write its first moment, too.</summary>
    private static object Date(Literal literal, Named column) => Moment(literal) is { } time && time.TimeOfDay == TimeSpan.Zero
        ? DateOnly.FromDateTime(time)
        : throw Mismatch(literal, column, "a date in quotes, such as '2026-01-31'");

    private static object Timestamp(Literal literal, Named column) =>
        Moment(literal) ?? throw Mismatch(literal, column, "a time in quotes, such as '2026-01-31T12:00:00Z'");

    private static DateTime? Moment(Literal literal) =>
        literal.Kind == LiteralKind.Text
        && DateTime.TryParseExact(
            literal.Value,
            TimestampFormats,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal,
            out var time)
            ? DateTime.SpecifyKind(time, DateTimeKind.Unspecified)
            : null;

    private static object Number(Literal literal, Named column)
    {
        if (literal.Kind != LiteralKind.Number)
        {
            throw Mismatch(literal, column, "a number");
        }

        if (column.Type == DataType.Integer && long.TryParse(literal.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
        {
            return whole;
        }

        if (column.Type == DataType.Double)
        {
            return double.Parse(literal.Value, CultureInfo.InvariantCulture);
        }

        return decimal.TryParse(literal.Value, NumberStyles.Number, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FilterException($"'{literal.Value}' has more digits than a number here can have (28).", literal.Position);
    }

    private static FilterException Mismatch(Literal literal, Named column, string expected) => new(
        $"{column.Name} is of type {column.Type.Name()}; found {(literal.Kind == LiteralKind.Text ? $"the text '{literal.Value}'" : literal.Value)}, " +
        $"expected {expected}.",
        literal.Position);

    private readonly record struct Named(string Name, DataType Type);
}
