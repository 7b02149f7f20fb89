using Platform.Api.Metrics.Catalogue;
using Platform.Api.Metrics.Plan;
using Platform.Api.Warehouse;

namespace Platform.Api.Metrics.Sql;

/// <summary>Metrics over the aggregates. Division is decimal, also of whole numbers, and by 0 it is null.</summary>
internal static class TermSql
{
    public static string Write(MetricTerm term) => term switch
    {
        ValueTerm { FillNullsWith: { } fill } value => $"coalesce({SqlName.Quote(value.Column)}, {fill})",
        ValueTerm value => SqlName.Quote(value.Column),
        RatioTerm ratio => $"{Decimal(ratio.Numerator)} / nullif({Write(ratio.Denominator)}, 0)",
        DerivedTerm derived => string.Concat(derived.Parts.Select(part => part.Term is null ? part.Sql : Decimal(part.Term))),
        _ => throw new InvalidOperationException($"{term.GetType().Name} is no term that can be written."),
    };

    /// <summary>A term as an operand: whole numbers as decimals, arithmetic in parentheses.</summary>
    private static string Decimal(MetricTerm term) =>
        term is not ValueTerm ? $"({Write(term)})"
        : term.Type == DataType.Integer ? $"{Write(term)}::numeric"
        : Write(term);
}
