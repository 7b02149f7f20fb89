using Platform.Metrics.Catalogue;
using Platform.Metrics.Plan.Tree;

namespace Platform.Metrics.Plan;

/// <summary>Metrics as values over the aggregates of a node. Division is decimal, also of whole numbers, and by 0 it is null.</summary>
internal static class MetricTerms
{
    /// <param name="term">The metric.</param>
    /// <param name="node">Name of the node that has the aggregates.</param>
    public static PlanValue Over(MetricTerm term, string node) => term switch
    {
        ValueTerm { FillNullsWith: { } fill } value => SqlValue.Of(
            value.Type,
            "coalesce(",
            new OutputColumn(node, value.Column, value.Type),
            $", {fill.ToString(System.Globalization.CultureInfo.InvariantCulture)})"),
        ValueTerm value => new OutputColumn(node, value.Column, value.Type),
        RatioTerm ratio => SqlValue.Of(ratio.Type, Operand(ratio.Numerator, node), " / nullif(", Over(ratio.Denominator, node), ", 0)"),
        DerivedTerm derived => new SqlValue(
            [.. derived.Parts.Select(part => part.Term is null ? part.Sql : (object)Operand(part.Term, node))], derived.Type),
        _ => throw new InvalidOperationException($"{term.GetType().Name} is no term that can be computed."),
    };

    /// <summary>A term as an operand: whole numbers as decimals, arithmetic in parentheses.</summary>
    private static PlanValue Operand(MetricTerm term, string node) =>
        term is not ValueTerm ? SqlValue.Of(term.Type, "(", Over(term, node), ")")
        : term.Type == DataType.Integer ? SqlValue.Of(DataType.Decimal, Over(term, node), "::numeric")
        : Over(term, node);
}
