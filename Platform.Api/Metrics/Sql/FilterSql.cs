using NpgsqlTypes;
using Platform.Api.Metrics.Catalogue;
using Platform.Api.Metrics.Filters;
using Platform.Api.Metrics.Plan;

namespace Platform.Api.Metrics.Sql;

/// <summary>Conditions in SQL. Every value is a parameter.</summary>
/// <param name="element">SQL of an element.</param>
/// <param name="parameters">Where the values go.</param>
internal sealed class FilterSql(Func<BoundElement, string> element, SqlParameters parameters)
{
    public string Write(BoundFilter filter) => filter switch
    {
        BoundTemplate template => $"({string.Concat(template.Parts.Select(part => part.Element is null ? part.Sql : element(part.Element)))})",
        BoundExpression bound => Write(bound.Expression),
        _ => throw new InvalidOperationException($"{filter.GetType().Name} is no filter that can be written."),
    };

    public string Write(Expression expression) => expression switch
    {
        BoundReference reference => element(reference.Element),
        BoundValue value => parameters.Add(value.Value, TypeOf(value.Value)),
        Logical logical => $"({string.Join(logical.IsAnd ? " and " : " or ", logical.Operands.Select(Write))})",
        Negation negation => $"not ({Write(negation.Operand)})",
        Comparison comparison => $"{Write(comparison.Left)} {comparison.Operator} {Write(comparison.Right)}",
        Between between => $"{Write(between.Operand)} {Not(between.Negated)}between {Write(between.Low)} and {Write(between.High)}",
        Membership membership => Write(membership),
        Like like => $"{Write(like.Operand)} {Not(like.Negated)}{(like.IgnoreCase ? "ilike" : "like")} {Write(like.Pattern)}",
        NullTest test => $"{Write(test.Operand)} is {Not(test.Negated)}null",
        _ => throw new InvalidOperationException($"{expression.GetType().Name} was not bound before it was written."),
    };

    private string Write(Membership membership)
    {
        var values = membership.Values.Select(value => ((BoundValue)value).Value).ToArray();
        var type = TypeOf(values[0]);
        var array = Array.CreateInstance(values[0].GetType(), values.Length);
        Array.Copy(values, array, values.Length);
        var list = parameters.Add(array, NpgsqlDbType.Array | type);
        return $"{Write(membership.Operand)} {(membership.Negated ? "<> all" : "= any")} ({list})";
    }

    private static string Not(bool negated) => negated ? "not " : "";

    private static NpgsqlDbType TypeOf(object value) => value switch
    {
        long => NpgsqlDbType.Bigint,
        decimal => NpgsqlDbType.Numeric,
        double => NpgsqlDbType.Double,
        bool => NpgsqlDbType.Boolean,
        DateOnly => NpgsqlDbType.Date,
        DateTime => NpgsqlDbType.Timestamp,
        _ => NpgsqlDbType.Text,
    };
}
