using System.Globalization;
using System.Text.RegularExpressions;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Filters;
using Platform.Metrics.Plan.Tree;

namespace Platform.Metrics.Plan;

/// <summary>Arithmetic, case, casts and functions.</summary>
internal sealed partial class FilterBinder
{
    private PlanValue Bind(Arithmetic arithmetic)
    {
        var (symbol, position) = (arithmetic.Operator, arithmetic.Position);
        if (arithmetic.Right is Literal { Kind: LiteralKind.Interval } interval)
        {
            var time = Bind(arithmetic.Left);
            return time.Type.IsTime() && symbol is "+" or "-"
                ? MovedTime.Of(time, symbol == "+" ? Interval(interval) : -Interval(interval))
                : throw new FilterException("An interval is added to a time or taken from it.", interval.Position);
        }

        if (symbol == "||")
        {
            return SqlValue.Of(DataType.Text, "(", AsText(Bind(arithmetic.Left)), " || ", AsText(Bind(arithmetic.Right)), ")");
        }

        // A literal next to a time is a number of days or another time; next to a number it is one.
        var (left, right) = (Operand(arithmetic.Left, arithmetic.Right), Operand(arithmetic.Right, arithmetic.Left));
        if (left.Type == DataType.Date && right.Type == DataType.Integer && symbol is "+" or "-" && left.Type == DataType.Date)
        {
            return SqlValue.Of(DataType.Date, "(", left, $" {symbol} ", right, "::integer)");
        }

        if (left.Type == DataType.Date && right.Type == DataType.Date && symbol == "-")
        {
            return SqlValue.Of(DataType.Integer, "(", left, " - ", right, ")");
        }

        if (!left.Type.IsNumber() || !right.Type.IsNumber())
        {
            throw new FilterException($"{left.Type.Name()} {symbol} {right.Type.Name()} is not computed; arithmetic takes numbers.", position);
        }

        var type = left.Type == DataType.Double || right.Type == DataType.Double ? DataType.Double
            : left.Type == DataType.Decimal || right.Type == DataType.Decimal ? DataType.Decimal
            : DataType.Integer;

        // There is no remainder of fractions in floating point.
        return symbol == "%"
            ? SqlValue.Of(type == DataType.Double ? DataType.Decimal : type, "(", Number(left), " % ", Number(right), ")")
            : SqlValue.Of(type, "(", left, $" {symbol} ", right, ")");
    }

    private PlanValue Operand(Expression expression, Expression other) => expression is Literal literal && other is not Literal
        ? Bind(other) is var next && next.Type == DataType.Double ? LiteralBinding.Bind(literal, NameOf(other), DataType.Double)
            : next.Type == DataType.Date && literal.Kind == LiteralKind.Text ? LiteralBinding.Bind(literal, NameOf(other), DataType.Date)
            : Alone(literal)
        : Bind(expression);

    private static PlanValue Number(PlanValue scalar) => scalar.Type == DataType.Double ? SqlValue.Of(DataType.Decimal, scalar, "::numeric") : scalar;

    private static PlanValue AsText(PlanValue scalar) => scalar.Type == DataType.Text ? scalar : SqlValue.Of(DataType.Text, scalar, "::text");

    /// <summary>"7 days", "1 month 12 hours"</summary>
    private static TimeShift Interval(Literal literal)
    {
        if (!IntervalText().IsMatch(literal.Value))
        {
            throw new FilterException($"'{literal.Value}' is no interval; expected a count and a grain, such as '7 days'.", literal.Position);
        }

        var shift = default(TimeShift);
        foreach (Match part in IntervalPart().Matches(literal.Value))
        {
            if (!int.TryParse(part.Groups["count"].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count)
                || Math.Abs((long)count) > 100_000_000
                || TimeGrainNames.Find(part.Groups["grain"].Value.TrimEnd('s', 'S')) is not { } grain)
            {
                throw new FilterException($"'{part.Value}' is no interval; grains are {string.Join(", ", TimeGrainNames.All)}.", literal.Position);
            }

            shift = shift.Plus(new TimeWindow(count, grain).Shift);
        }

        return shift;
    }

    private SqlValue Bind(Case cases)
    {
        var results = cases.Branches.Select(branch => branch.Then).Concat(cases.Else is null ? [] : [cases.Else]).ToArray();
        var bound = OfOneType(results, "The result of case", cases.Position);
        var parts = new List<object> { "case" };
        foreach (var (branch, then) in cases.Branches.Zip(bound.Values))
        {
            var when = cases.Subject is null ? Condition(branch.When) : Compare(cases.Subject, branch.When, " = ", branch.When.Position);
            parts.AddRange([" when ", when, " then ", then]);
        }

        if (cases.Else is not null)
        {
            parts.AddRange([" else ", bound.Values[^1]]);
        }

        return new SqlValue(["(", .. parts, " end)"], bound.Type);
    }

    private SqlValue Bind(Cast cast)
    {
        var operand = cast.Operand is Literal { Kind: LiteralKind.Null } ? Null(cast.Type)
            : cast.Operand is Literal { Kind: LiteralKind.Text } literal ? LiteralBinding.Bind(literal, "the value", cast.Type.IsTime() ? cast.Type : DataType.Text)
            : Bind(cast.Operand);
        if (operand.Type == DataType.TimestampTz)
        {
            operand = SqlValue.Of(DataType.Timestamp, "(", operand, " at time zone 'UTC')");
        }

        return CanCast(operand.Type, cast.Type)
            ? SqlValue.Of(cast.Type, "(", operand, $")::{(cast.Type == DataType.Integer ? "bigint" : cast.Type.SqlName())}")
            : throw new FilterException($"A {operand.Type.Name()} cannot become a {cast.Type.Name()}.", cast.Position);
    }

    private static bool CanCast(DataType from, DataType to) =>
        from == to || from.IsText() || to == DataType.Text || (from.IsNumber() && to.IsNumber()) || (from.IsTime() && to.IsTime());

    private SqlValue Bind(Call call)
    {
        if (call.Function is "date_trunc" or "date_part")
        {
            var time = call.Arguments[1] is Literal literal ? LiteralBinding.Bind(literal, "the time", DataType.Timestamp) : Bind(call.Arguments[1]);
            var unit = ((Literal)call.Arguments[0]).Value;
            return !time.Type.IsTime() ? throw new FilterException($"{call.Function}(...) takes a time; found a {time.Type.Name()}.", call.Position)
                : call.Function == "date_part" ? SqlValue.Of(DataType.Integer, new TimePart(time, TimeGrainNames.FindPart(unit)!.Value))
                : SqlValue.Of(new CutTime(time, TimeGrainNames.Find(unit)!.Value).Type, new CutTime(time, TimeGrainNames.Find(unit)!.Value));
        }

        var function = FilterFunctions.Find(call.Function)!;
        if (function.Name == "concat")
        {
            return Called(call.Arguments.Select(argument => AsText(Bind(argument))), DataType.Text);
        }

        if (function.Parameters.Count == 0)
        {
            var (values, type) = OfOneType([.. call.Arguments], $"An argument of {function.Name}(...)", call.Position);
            return Called(values, type);
        }

        var arguments = call.Arguments.Select((argument, at) => Argument(argument, function, at)).ToArray();
        return Called(arguments, function.Result ?? arguments[0].Type);

        SqlValue Called(IEnumerable<PlanValue> values, DataType type) => new([$"{function.Sql}(", .. SqlValue.Join(values, ", "), ")"], type);
    }

    private PlanValue Argument(Expression argument, FilterFunction function, int at)
    {
        var expected = function.Parameters[at];
        var scalar = argument is Literal { Kind: not LiteralKind.Null } literal
            ? LiteralBinding.Bind(literal, $"argument {at + 1} of {function.Name}", expected)
            : Bind(argument);
        return expected switch
        {
            DataType.Text when scalar.Type.IsText() => AsText(scalar),
            DataType.Integer when scalar.Type == DataType.Integer => SqlValue.Of(DataType.Integer, scalar, "::integer"),
            DataType.Decimal when scalar.Type.IsNumber() => Number(scalar),
            _ => throw new FilterException(
                $"Argument {at + 1} of {function.Name}(...) is of type {scalar.Type.Name()}; expected {expected.Name()}.", argument.Position),
        };
    }

    /// <summary>Values of one type; literals take that of the others.</summary>
    private (PlanValue[] Values, DataType Type) OfOneType(Expression[] expressions, string what, int position)
    {
        var bound = expressions.Select(expression => expression is Literal ? null : Bind(expression)).ToArray();
        var types = bound.OfType<PlanValue>().Select(scalar => scalar.Type).Distinct().ToArray();
        if (types.Length == 0)
        {
            types = [.. expressions.OfType<Literal>().Where(literal => literal.Kind != LiteralKind.Null).Select(literal => Alone(literal).Type).Distinct()];
        }

        var type = types switch
        {
            [var only] => only,
            [] => DataType.Text,
            _ when types.All(DataTypes.IsNumber) => types.Contains(DataType.Double) ? DataType.Double : DataType.Decimal,
            _ when types.All(DataTypes.IsTime) => DataType.Timestamp,
            _ when types.All(DataTypes.IsText) => DataType.Text,
            _ => throw new FilterException($"{what} is of several types: {string.Join(", ", types.Select(DataTypes.Name))}.", position),
        };
        return (
            [
                .. expressions.Zip(bound, (expression, scalar) => scalar
                    ?? (((Literal)expression).Kind == LiteralKind.Null ? Null(type) : LiteralBinding.Bind((Literal)expression, what, type))),
            ],
            type);
    }

    [GeneratedRegex(@"^\s*([+-]?\d+\s*[A-Za-z]+\s*)+$")]
    private static partial Regex IntervalText();

    [GeneratedRegex(@"(?<count>[+-]?\d+)\s*(?<grain>[A-Za-z]+)")]
    private static partial Regex IntervalPart();
}
