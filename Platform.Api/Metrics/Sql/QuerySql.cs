using System.Text;
using NpgsqlTypes;
using Platform.Api.Metrics.Catalogue;
using Platform.Api.Metrics.Plan;
using Platform.Api.Warehouse;

namespace Platform.Api.Metrics.Sql;

/// <summary>Writes a plan as one statement.</summary>
internal static class QuerySql
{
    private const string Combined = "combined";

    public static SqlStatement Write(QueryPlan plan)
    {
        var parameters = new SqlParameters();
        var expressions = plan.Scans.SelectMany(scan => new ScanSql(scan, plan.Publication, parameters).Write()).ToList();
        if (plan.Scans.Length > 1)
        {
            expressions.Add((Combined, Combine(plan)));
        }

        var select = new SelectSql { From = plan.Scans.Length > 1 ? Combined : SqlName.Quote(plan.Scans[0].Name) };
        select.Columns.AddRange(plan.Keys.Select(key => SqlName.Quote(key.Column)));
        select.Columns.AddRange(plan.Metrics.Select(metric => Named(TermSql.Write(metric.Term), SqlName.Quote(metric.Column))));

        var text = new StringBuilder();
        foreach (var (name, expression) in expressions)
        {
            text.Append(text.Length == 0 ? "with " : ",\n").Append(SqlName.Quote(name)).Append(" as (\n  ").Append(expression.ToString(2)).Append("\n)");
        }

        text.Append('\n').Append(select);
        if (Order(plan) is { Count: > 0 } order)
        {
            text.Append("\norder by ").AppendJoin(", ", order);
        }

        text.Append("\nlimit ").Append(parameters.Add((long)plan.RowLimit, NpgsqlDbType.Bigint));
        if (plan.RowOffset > 0)
        {
            text.Append(" offset ").Append(parameters.Add(plan.RowOffset, NpgsqlDbType.Bigint));
        }

        return new SqlStatement(text.ToString(), parameters.ToImmutable());
    }

    /// <summary>
    /// The facts' aggregates side by side. Every group is at most once in each, so max() takes the one value there is; unlike a full join
    /// this finds null keys equal, costs one pass, and runs on a distributed server.
    /// </summary>
    private static SelectSql Combine(QueryPlan plan)
    {
        var branches = plan.Scans.Select(scan => Branch(plan, scan).ToString(2));
        var select = new SelectSql
        {
            From = $"(\n  {string.Join("\n  union all\n  ", branches)}\n) as facts",
            GroupBy = plan.Keys.Length,
        };
        select.Columns.AddRange(plan.Keys.Select(key => SqlName.Quote(key.Column)));
        select.Columns.AddRange(plan.Scans.SelectMany(scan => scan.Values)
            .Select(value => $"max({SqlName.Quote(value.Column)}) as {SqlName.Quote(value.Column)}"));
        return select;
    }

    private static SelectSql Branch(QueryPlan plan, FactScan scan)
    {
        var select = new SelectSql { From = SqlName.Quote(scan.Name) };
        foreach (var (key, own) in plan.Keys.Zip(scan.Keys))
        {
            var column = SqlName.Quote(key.Column);
            select.Columns.Add(own.Element.Type == key.Type ? column : $"{column}::{key.Type.SqlName()} as {column}");
        }

        select.Columns.AddRange(plan.Scans.SelectMany(other => other.Values.Select(value => other == scan
            ? SqlName.Quote(value.Column)
            : $"null::{value.Measure.DataType.SqlName()} as {SqlName.Quote(value.Column)}")));
        return select;
    }

    private static string Named(string sql, string name) => sql == name ? name : $"{sql} as {name}";

    /// <summary>As asked, then by the other group-by columns, so that the same query always has the same order.</summary>
    private static List<string> Order(QueryPlan plan)
    {
        var columns = plan.Keys.Select(key => (Asked: key.Element.Text, key.Column))
            .Concat(plan.Metrics.Select(metric => (Asked: metric.Metric.Name, metric.Column)))
            .ToDictionary(pair => pair.Asked, pair => pair.Column);
        var ordered = plan.OrderBy.Select(ordering => ordering.Column).ToHashSet();
        return
        [
            .. plan.OrderBy.Select(ordering => $"{SqlName.Quote(columns[ordering.Column])}{(ordering.Descending ? " desc" : "")} nulls last"),
            .. plan.Keys.Where(key => !ordered.Contains(key.Element.Text)).Select(key => $"{SqlName.Quote(key.Column)} nulls last"),
        ];
    }
}
