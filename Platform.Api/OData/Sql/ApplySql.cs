using System.Collections.Immutable;
using Microsoft.OData.Edm;
using Microsoft.OData.UriParser;
using Microsoft.OData.UriParser.Aggregation;
using Platform.Metrics.Sql;

namespace Platform.Api.OData.Sql;

/// <summary>Writes <c>$apply</c>: each grouping is a select over the rows before it.</summary>
internal static class ApplySql
{
    public static RowSource Write(ApplyClause apply, RowSource source, DateTimeOffset now)
    {
        foreach (var transformation in apply.Transformations)
        {
            var expressions = new ExpressionSql(source, now);
            switch (transformation)
            {
                case FilterTransformationNode filter:
                    source.Where(expressions.Condition(filter.FilterClause.Expression));
                    break;
                case ComputeTransformationNode compute:
                    Compute(compute.Expressions, source, expressions);
                    break;
                case AggregateTransformationNode aggregate:
                    source = Group([], aggregate, source, expressions);
                    break;
                case GroupByTransformationNode { ChildTransformations: null or AggregateTransformationNode } group:
                    source = Group(
                        [.. group.GroupingProperties.SelectMany(property => Leaves(property, []))], group.ChildTransformations as AggregateTransformationNode, source, expressions);
                    break;
                default:
                    throw ODataFault.NotImplemented($"The transformation {transformation.Kind} is not answered here.", "$apply");
            }
        }

        return source;
    }

    public static void Compute(IEnumerable<ComputeExpression> computed, RowSource source, ExpressionSql expressions)
    {
        foreach (var expression in computed)
        {
            source.Add(new SourceColumn(
                expression.Alias, $"({expressions.Value(expression.Expression)})", expressions.Kind(expression.Expression), true)
            {
                IsDynamic = true,
            });
        }
    }

    private static RowSource Group(
        ImmutableArray<ImmutableArray<string>> keys, AggregateTransformationNode? aggregate, RowSource source, ExpressionSql expressions)
    {
        SourceColumn[] columns =
        [
            .. keys.Select(source.Column),
            .. (aggregate?.AggregateExpressions ?? []).Select(expression => Aggregate(expression, expressions) with { IsDynamic = true }),
        ];
        if (columns.Select(column => column.Path).Distinct().Count() != columns.Length)
        {
            throw ODataFault.Bad("Two columns of a grouping have the same name.", "$apply");
        }

        var select = $"select {string.Join(", ", columns.Select(column => $"{column.Sql} as {SqlName.Quote(column.Path)}"))}\n{source.From}";
        if (keys.Length > 0)
        {
            select += $"\ngroup by {string.Join(", ", Enumerable.Range(1, keys.Length))}";
        }

        return new RowSource(source, select, columns);
    }

    private static SourceColumn Aggregate(AggregateExpressionBase node, ExpressionSql expressions)
    {
        if (node is not AggregateExpression expression)
        {
            throw ODataFault.NotImplemented("Aggregates over collections are not answered here.", "$apply");
        }

        if (expression.Method == AggregationMethod.VirtualPropertyCount)
        {
            return new SourceColumn(expression.Alias, "count(*)", EdmPrimitiveTypeKind.Int64, false);
        }

        var (value, kind) = (expressions.Value(expression.Expression), expressions.Kind(expression.Expression));
        return expression.Method switch
        {
            AggregationMethod.Sum => new SourceColumn(expression.Alias, $"sum({value})", Wide(kind), true),
            AggregationMethod.Average => new SourceColumn(expression.Alias, $"avg({value})", Wide(kind), true),
            AggregationMethod.Min => new SourceColumn(expression.Alias, $"min({value})", kind, true),
            AggregationMethod.Max => new SourceColumn(expression.Alias, $"max({value})", kind, true),
            AggregationMethod.CountDistinct => new SourceColumn(expression.Alias, $"count(distinct {value})", EdmPrimitiveTypeKind.Int64, false),
            _ => throw ODataFault.NotImplemented($"The aggregation method {expression.MethodDefinition?.MethodLabel} is not answered here.", "$apply"),
        };
    }

    /// <summary>PostgreSQL sums and averages integers as numeric (or bigint, which is one to a reader).</summary>
    private static EdmPrimitiveTypeKind Wide(EdmPrimitiveTypeKind kind) =>
        kind is EdmPrimitiveTypeKind.Single or EdmPrimitiveTypeKind.Double ? EdmPrimitiveTypeKind.Double
        : SqlTypes.IsNumber(kind) ? EdmPrimitiveTypeKind.Decimal
        : throw ODataFault.Bad("sum and average are of numbers.", "$apply");

    private static IEnumerable<ImmutableArray<string>> Leaves(GroupByPropertyNode node, ImmutableArray<string> path) =>
        node.ChildTransformations is { Count: > 0 } children
            ? children.SelectMany(child => Leaves(child, [.. path, node.Name]))
            : [node.Expression is null ? [.. path, node.Name] : path.Length == 0 ? ExpressionSql.Path(node.Expression) : [.. path, node.Name]];
}
