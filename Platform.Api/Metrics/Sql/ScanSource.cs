using Platform.Api.Metrics.Catalogue;
using Platform.Api.Metrics.Plan;
using Platform.Api.Warehouse;

namespace Platform.Api.Metrics.Sql;

/// <summary>
/// The relations of a scan. A definition's expression names columns without saying whose they are, so next to joins every relation that
/// has more than plain columns is projected first: <c>(select quantity * price as revenue from ...) as order_lines</c>.
/// </summary>
internal sealed class ScanSource(FactScan scan)
{
    private readonly Dictionary<string, List<(string Column, string Expr)>> columns = [];

    private bool IsAlone => scan.Joins.IsEmpty;

    /// <summary>SQL for an expression over a relation's columns.</summary>
    /// <param name="alias">The relation.</param>
    /// <param name="expr">The expression as it is defined.</param>
    /// <param name="name">What it is called, for the projection.</param>
    public string Column(string alias, string expr, string name)
    {
        if (alias == ScanBuilder.PeriodAlias)
        {
            return $"{alias}.{expr}";
        }

        var isPlain = SqlName.IsPlain(expr);
        if (IsAlone)
        {
            return isPlain || IsConstant(expr) ? expr : $"({expr})";
        }

        if (IsConstant(expr))
        {
            return expr;
        }

        var projected = columns.TryGetValue(alias, out var known) ? known : columns[alias] = [];
        var column = projected.FirstOrDefault(pair => pair.Expr == expr).Column;
        if (column is null)
        {
            column = isPlain ? expr : name;
            for (var number = 2; projected.Any(pair => pair.Column == column); number++)
            {
                column = $"{name}_{number}";
            }

            projected.Add((column, expr));
        }

        return $"{SqlName.Quote(alias)}.{SqlName.Quote(column)}";
    }

    public string From() => From(scan.Model, scan.Model.Name);

    /// <summary>The joins, each of which finds at most one row. Called after every column is known but those of the joins themselves.</summary>
    public IEnumerable<string> Joins()
    {
        var conditions = scan.Joins.Select(join => (Join: join, On: Condition(join))).ToArray();
        return conditions.Select(pair => $"left join {From(pair.Join.Step.Target, pair.Join.Alias)}\n  on {pair.On}");
    }

    private string Condition(Join join)
    {
        var on = $"{Column(join.Alias, join.Step.Key.Expr, join.Step.Key.Name)} = " +
            Column(join.ParentAlias, join.Step.Entity.Expr, join.Step.Entity.Name);
        if (join.Step.Target.Validity is not { } validity)
        {
            return on;
        }

        // A slowly changing dimension: the row that was valid at the fact's time.
        var time = Column(scan.Model.Name, scan.Time.Expr, scan.Time.Name);
        var to = Column(join.Alias, validity.To.Expr, validity.To.Name);
        return $"{on}\n  and {time} >= {Column(join.Alias, validity.From.Expr, validity.From.Name)} and ({time} < {to} or {to} is null)";
    }

    private string From(SemanticModel model, string alias)
    {
        var relation = SqlName.Quote(model.Relation.Schema, model.Relation.Name);
        if (IsAlone)
        {
            return relation;
        }

        var projected = columns.GetValueOrDefault(alias) ?? [];
        return projected.All(pair => pair.Column == pair.Expr)
            ? $"{relation} as {SqlName.Quote(alias)}"
            : $"(select {string.Join(", ", projected.Select(pair => pair.Column == pair.Expr ? pair.Column : $"{pair.Expr} as {SqlName.Quote(pair.Column)}"))} " +
              $"from {relation}) as {SqlName.Quote(alias)}";
    }

    private static bool IsConstant(string expr) => expr == "*" || expr.All(char.IsAsciiDigit);
}
