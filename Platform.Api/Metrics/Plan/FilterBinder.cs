using System.Collections.Immutable;
using Platform.Api.Metrics.Catalogue;
using Platform.Api.Metrics.Filters;

namespace Platform.Api.Metrics.Plan;

/// <summary>Replaces a filter's references by what they mean and its literals by typed values.</summary>
/// <param name="bind">Looks an element up; throws <see cref="FilterException"/> at the given position when there is none.</param>
internal sealed class FilterBinder(Func<ElementName, int, BoundElement> bind)
{
    public BoundTemplate Bind(FilterTemplate template) => new(
        [.. template.Parts.Select(part => new BoundTemplatePart(part.Sql, part.Element is null ? null : bind(part.Element, 0)))]);

    /// <exception cref="FilterException">An unknown element, or a comparison of types that cannot be compared.</exception>
    public Expression Bind(Expression expression) => expression switch
    {
        Logical logical => logical with { Operands = [.. logical.Operands.Select(Bind)] },
        Negation negation => negation with { Operand = Bind(negation.Operand) },
        Comparison comparison => Bind(comparison),
        Between between => Bind(between),
        Membership membership => Bind(membership),
        Like like => Bind(like),
        NullTest test => test with { Operand = Column(test.Operand, "is null") },
        Reference reference => Boolean(Column(reference, "a condition")),
        Literal { Kind: LiteralKind.Boolean } literal => new BoundValue(literal.Value == "true", DataType.Boolean, literal.Position),
        _ => throw new FilterException("A comparison is expected here.", expression.Position),
    };

    /// <summary>The conditions that must all hold.</summary>
    public static IEnumerable<Expression> Conjuncts(Expression expression) =>
        expression is Logical { IsAnd: true } and ? and.Operands.SelectMany(Conjuncts) : [expression];

    /// <summary>Elements that a bound expression reads.</summary>
    public static IEnumerable<BoundElement> Elements(Expression expression) => expression switch
    {
        BoundReference reference => [reference.Element],
        Logical logical => logical.Operands.SelectMany(Elements),
        Negation negation => Elements(negation.Operand),
        Comparison comparison => Elements(comparison.Left).Concat(Elements(comparison.Right)),
        Between between => Elements(between.Operand).Concat(Elements(between.Low)).Concat(Elements(between.High)),
        Membership membership => Elements(membership.Operand),
        Like like => Elements(like.Operand),
        NullTest test => Elements(test.Operand),
        _ => [],
    };

    private Comparison Bind(Comparison comparison)
    {
        if (comparison is { Left: Literal, Right: Literal })
        {
            throw new FilterException("Two literals are compared; one side names a dimension.", comparison.Position);
        }

        if (comparison.Left is Literal left)
        {
            var right = Column(comparison.Right, "compared");
            return comparison with { Left = LiteralBinding.Bind(left, right.Element), Right = right };
        }

        var column = Column(comparison.Left, "compared");
        return comparison with { Left = column, Right = Other(comparison.Right, column) };
    }

    private Between Bind(Between between)
    {
        var column = Column(between.Operand, "between");
        return between with { Operand = column, Low = Other(between.Low, column), High = Other(between.High, column) };
    }

    private Membership Bind(Membership membership)
    {
        var column = Column(membership.Operand, "in");
        var values = membership.Values.Select(value => LiteralBinding.Bind((Literal)value, column.Element)).ToImmutableArray();

        // One array has one type: with a fraction among whole numbers, all are fractions.
        if (values.Any(value => value.Value is decimal))
        {
            values = [.. values.Select(value => value.Value is long whole ? value with { Value = (decimal)whole, Type = DataType.Decimal } : value)];
        }

        return membership with { Operand = column, Values = [.. values.Cast<Expression>()] };
    }

    private Like Bind(Like like)
    {
        var column = Column(like.Operand, "like");
        return column.Element.Type is DataType.Text or DataType.Other
            ? like with { Operand = column, Pattern = LiteralBinding.Bind((Literal)like.Pattern, column.Element) }
            : throw new FilterException($"{column.Element.Name} is of type {column.Element.Type.Name()}; like compares texts.", like.Position);
    }

    private Expression Other(Expression expression, BoundReference column)
    {
        if (expression is Literal literal)
        {
            return LiteralBinding.Bind(literal, column.Element);
        }

        var other = Column(expression, "compared");
        var (left, right) = (column.Element.Type, other.Element.Type);
        return left == right || (left.IsNumber() && right.IsNumber()) || (left.IsTime() && right.IsTime())
            ? other
            : throw new FilterException(
                $"{column.Element.Name} ({left.Name()}) and {other.Element.Name} ({right.Name()}) cannot be compared.", expression.Position);
    }

    private BoundReference Column(Expression expression, string use) =>
        expression is Reference reference
            ? new BoundReference(bind(reference.Element, reference.Position), reference.Position)
            : throw new FilterException($"A literal cannot be {use}; name a dimension.", expression.Position);

    private static BoundReference Boolean(BoundReference column) =>
        column.Element.Type == DataType.Boolean
            ? column
            : throw new FilterException(
                $"{column.Element.Name} is of type {column.Element.Type.Name()}; a condition compares it, as in {column.Element.Name} = ...",
                column.Position);
}
