using Platform.Metrics.Catalogue;
using Platform.Metrics.Filters;
using Platform.Metrics.Plan.Tree;

namespace Platform.Metrics.Plan;

/// <summary>Turns a filter into a value of the plan: references become what they mean, literals get the type of what they stand next to.</summary>
/// <param name="bind">Looks an element up; throws <see cref="FilterException"/> at its position when there is none.</param>
/// <param name="metric">Looks a metric's value up.</param>
internal sealed partial class FilterBinder(Func<Reference, PlanValue> bind, Func<MetricReference, PlanValue> metric)
{
    /// <summary>The project's own SQL: only what stands in braces is replaced.</summary>
    public PlanValue Bind(FilterTemplate template) => new SqlValue(
        ["(", .. template.Parts.Select(part => part.Reference is null ? part.Sql : (object)Bind(part.Reference)), ")"], DataType.Boolean);

    /// <exception cref="FilterException">An unknown element, or types that do not go together.</exception>
    public PlanValue Condition(Expression expression)
    {
        if (expression is Literal { Kind: LiteralKind.Boolean })
        {
            return LiteralBinding.Bind((Literal)expression, "the condition", DataType.Boolean);
        }

        var scalar = Bind(expression);
        return scalar.Type == DataType.Boolean
            ? scalar
            : throw new FilterException(
                $"{NameOf(expression)} is of type {scalar.Type.Name()}; a condition compares it, as in {NameOf(expression)} = ...", expression.Position);
    }

    private PlanValue Bind(Expression expression) => expression switch
    {
        Reference reference => bind(reference),
        MetricReference reference => metric(reference),
        Literal { Kind: LiteralKind.Null } => SqlValue.Of(DataType.Other, "null"),
        Literal literal => Alone(literal),
        Logical logical => new SqlValue(
            ["(", .. SqlValue.Join(logical.Parts.Select(Condition), logical.IsAnd ? " and " : " or "), ")"], DataType.Boolean),
        Negation negation => SqlValue.Of(DataType.Boolean, "not (", Condition(negation.Operand), ")"),
        Comparison comparison => Compare(comparison.Left, comparison.Right, $" {comparison.Operator} ", comparison.Position),
        Distinct distinct => Compare(
            distinct.Left, distinct.Right, distinct.Negated ? " is not distinct from " : " is distinct from ", distinct.Position),
        Between between => Bind(between),
        Membership membership => Bind(membership),
        Like like => Bind(like),
        NullTest test => SqlValue.Of(DataType.Boolean, Value(test.Operand, "is null"), test.Negated ? " is not null" : " is null"),
        TruthTest test => SqlValue.Of(DataType.Boolean, "(", Condition(test.Operand), $") is {(test.Negated ? "not " : "")}{test.Value}"),
        Arithmetic arithmetic => Bind(arithmetic),
        Minus minus => Bind(minus.Operand) is { } operand && operand.Type.IsNumber()
            ? SqlValue.Of(operand.Type, "(- ", operand, ")")
            : throw new FilterException("Only a number has a minus.", minus.Position),
        Case cases => Bind(cases),
        Cast cast => Bind(cast),
        Call call => Bind(call),
        _ => throw new FilterException("A comparison is expected here.", expression.Position),
    };

    /// <summary>A literal whose type nothing else says.</summary>
    private static PlanValue Alone(Literal literal) => literal.Kind switch
    {
        LiteralKind.Boolean => LiteralBinding.Bind(literal, "the value", DataType.Boolean),
        LiteralKind.Number => LiteralBinding.Bind(literal, "the value", DataType.Integer),
        LiteralKind.Interval => throw new FilterException("An interval is added to a time or taken from it.", literal.Position),
        _ => LiteralBinding.Bind(literal, "the value", DataType.Text),
    };

    /// <summary>A value that is not null by itself.</summary>
    private PlanValue Value(Expression expression, string use) => expression is Literal
        ? throw new FilterException($"A literal cannot be {use}; name a dimension.", expression.Position)
        : Bind(expression);

    private SqlValue Compare(Expression left, Expression right, string symbol, int position)
    {
        if (left is Literal && right is Literal)
        {
            throw new FilterException("Two literals are compared; one side names a dimension.", position);
        }

        var (a, b) = Pair(left, right, "compared");
        return SqlValue.Of(DataType.Boolean, a, symbol, b);
    }

    /// <summary>Two values of one kind; a literal takes the other's type.</summary>
    private (PlanValue Left, PlanValue Right) Pair(Expression left, Expression right, string use)
    {
        if (left is Literal literal && right is not Literal)
        {
            var other = Bind(right);
            return (Typed(literal, other, right), other);
        }

        var first = Bind(left);
        if (right is Literal second)
        {
            return (first, Typed(second, first, left));
        }

        var last = Bind(right);
        return AreAlike(first.Type, last.Type)
            ? (first, last)
            : throw new FilterException(
                $"{NameOf(left)} ({first.Type.Name()}) and {NameOf(right)} ({last.Type.Name()}) cannot be {use}.", right.Position);
    }

    private static bool AreAlike(DataType left, DataType right) =>
        left == right || (left.IsNumber() && right.IsNumber()) || (left.IsTime() && right.IsTime()) || (left.IsText() && right.IsText());

    private static PlanValue Typed(Literal literal, PlanValue other, Expression named) => literal.Kind == LiteralKind.Null
        ? Null(other.Type)
        : LiteralBinding.Bind(literal, NameOf(named), other.Type);

    private static SqlValue Null(DataType type) => SqlValue.Of(type, $"null::{type.SqlName()}");

    private SqlValue Bind(Between between)
    {
        var operand = Value(between.Operand, "between");
        return SqlValue.Of(
            DataType.Boolean, operand, between.Negated ? " not between " : " between ", Other(between.Low), " and ", Other(between.High));

        PlanValue Other(Expression end) => end is Literal literal
            ? Typed(literal, operand, between.Operand)
            : Bind(end) is { } scalar && AreAlike(scalar.Type, operand.Type)
                ? scalar
                : throw new FilterException($"{NameOf(between.Operand)} ({operand.Type.Name()}) cannot be compared with this.", end.Position);
    }

    private SqlValue Bind(Membership membership)
    {
        var operand = Value(membership.Operand, "in");
        var isList = membership.Values.All(value => value is Literal { Kind: not (LiteralKind.Null or LiteralKind.Interval) });
        if (!isList)
        {
            var values = membership.Values.Select(value => value is Literal literal
                ? Typed(literal, operand, membership.Operand)
                : Bind(value) is { } scalar && AreAlike(scalar.Type, operand.Type)
                    ? scalar
                    : throw new FilterException($"{NameOf(membership.Operand)} ({operand.Type.Name()}) cannot be compared with this.", value.Position));
            return new SqlValue(
                [operand, membership.Negated ? " not in (" : " in (", .. SqlValue.Join(values, ", "), ")"], DataType.Boolean);
        }

        var constants = membership.Values.Select(value => (Constant)Typed((Literal)value, operand, membership.Operand)).ToArray();

        // One array has one type: with a fraction among whole numbers, all are fractions.
        if (constants.Any(constant => constant.Value is decimal))
        {
            constants = [.. constants.Select(constant => constant.Value is long whole ? new Constant((decimal)whole, DataType.Decimal) : constant)];
        }

        var array = Array.CreateInstance(constants[0].Value.GetType(), constants.Length);
        Array.Copy(constants.Select(constant => constant.Value).ToArray(), array, constants.Length);
        return SqlValue.Of(
            DataType.Boolean, operand, membership.Negated ? " <> all (" : " = any (", new Constant(array, constants[0].Type), ")");
    }

    private SqlValue Bind(Like like)
    {
        var operand = Value(like.Operand, "like");
        if (!operand.Type.IsText())
        {
            throw new FilterException($"{NameOf(like.Operand)} is of type {operand.Type.Name()}; like compares texts.", like.Position);
        }

        var pattern = like.Pattern is Literal literal ? Typed(literal, operand, like.Operand) : Bind(like.Pattern);
        return pattern.Type.IsText()
            ? SqlValue.Of(DataType.Boolean, operand, $" {(like.Negated ? "not " : "")}{(like.IgnoreCase ? "ilike" : "like")} ", pattern)
            : throw new FilterException("A pattern is a text in quotes.", like.Pattern.Position);
    }

    private static string NameOf(Expression expression) => expression switch
    {
        Reference reference => reference.Element.Parts[^1],
        MetricReference reference => reference.Metric,
        Call call => $"{call.Function}(...)",
        _ => "the value",
    };
}
