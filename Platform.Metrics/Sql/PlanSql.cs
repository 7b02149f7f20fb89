using System.Text;
using NpgsqlTypes;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Plan;
using Platform.Metrics.Plan.Tree;

namespace Platform.Metrics.Sql;

/// <summary>Writes a plan as one statement: a common table expression for each named node below the root, in the order in which they need each other.</summary>
internal sealed class PlanSql
{
    private readonly SqlParameters parameters;
    private readonly List<(string Name, SelectSql Select)> expressions = [];

    private PlanSql(SqlParameters parameters) => this.parameters = parameters;

    public static SqlStatement Write(QueryPlan plan) => Write(plan.Root);

    public static SqlStatement Write(PlanNode root)
    {
        var parameters = new SqlParameters();
        return new SqlStatement(Write(root, parameters), parameters.ToImmutable());
    }

    /// <summary>The plan as part of a statement whose parameters these are.</summary>
    public static string Write(PlanNode root, SqlParameters parameters)
    {
        var writer = new PlanSql(parameters);
        var select = writer.Select(root);
        var text = new StringBuilder();
        foreach (var (name, expression) in writer.expressions)
        {
            text.Append(text.Length == 0 ? "with " : ",\n").Append(SqlName.Quote(name)).Append(" as (\n  ").Append(expression.ToString(2)).Append("\n)");
        }

        return text.Append(text.Length == 0 ? "" : "\n").Append(select).ToString();
    }

    /// <summary>The statement of a node that has columns.</summary>
    private SelectSql Select(PlanNode node) => node switch
    {
        Top top => Select(top),
        Project project => Select(project.Input, project.Columns, []),
        Aggregate aggregate => Select(aggregate.Input, aggregate.Keys, aggregate.Values, isGrouped: true),
        SideBySide sides => Select(sides),
        _ => throw new InvalidOperationException($"{node.GetType().Name} has no columns of its own."),
    };

    private SelectSql Select(Top top)
    {
        var select = Select(top.Input);
        select.OrderBy.AddRange(top.Order.Select(order => $"{SqlName.Quote(order.Column)}{(order.Descending ? " desc" : "")} nulls last"));
        select.Limit = parameters.Add(top.Rows, NpgsqlDbType.Bigint);
        select.Offset = top.Offset > 0 ? parameters.Add(top.Offset, NpgsqlDbType.Bigint) : null;
        return select;
    }

    private SelectSql Select(PlanNode input, IReadOnlyList<Column> keys, IReadOnlyList<Column> values, bool isGrouped = false)
    {
        var from = new FromSql(input, parameters, Named);
        var select = new SelectSql { GroupBy = isGrouped ? keys.Count : 0 };
        select.Columns.AddRange(keys.Concat(values).Select(column => As(from.Write(column.Value), column.Name)));
        from.AddTo(select);

        // Without columns there is still one row for all, such as for values that are asked of nothing.
        if (select.Columns.Count == 0)
        {
            select.Columns.Add("1");
        }

        return select;
    }

    /// <summary>
    /// The facts' aggregates side by side. Every group is at most once in each, so max() takes the one value there is; unlike a full join
    /// this finds null keys equal, costs one pass, and runs on a distributed server.
    /// </summary>
    private SelectSql Select(SideBySide sides)
    {
        var keys = sides.Keys.Select(key => key.Name).ToHashSet();
        var columns = sides.Facts.Select(fact => Outputs.Of(fact).ToDictionary(column => column.Name, column => column.Value.Type)).ToArray();
        string[] values = [.. columns.SelectMany(own => own.Keys).Where(column => !keys.Contains(column))];
        var branches = sides.Facts.Zip(columns, (fact, own) =>
        {
            var select = new SelectSql { From = SqlName.Quote(Named(fact)) };
            select.Columns.AddRange(sides.Keys.Select(key => own[key.Name] == key.Type
                ? SqlName.Quote(key.Name)
                : $"{SqlName.Quote(key.Name)}::{key.Type.SqlName()} as {SqlName.Quote(key.Name)}"));
            select.Columns.AddRange(values.Select(value => own.ContainsKey(value)
                ? SqlName.Quote(value)
                : $"null::{columns.First(other => other.ContainsKey(value))[value].SqlName()} as {SqlName.Quote(value)}"));
            if (fact is Top top)
            {
                select.OrderBy.AddRange(top.Order.Select(order => $"{SqlName.Quote(order.Column)}{(order.Descending ? " desc" : "")} nulls last"));
                select.Limit = parameters.Add(top.Rows, NpgsqlDbType.Bigint);
                return $"({select.ToString(2)})";
            }

            return select.ToString(2);
        });
        var combined = new SelectSql
        {
            From = $"(\n  {string.Join("\n  union all\n  ", branches)}\n) as facts",
            GroupBy = sides.Keys.Length,
        };
        combined.Columns.AddRange(sides.Keys.Select(key => SqlName.Quote(key.Name)));
        combined.Columns.AddRange(values.Select(value => $"max({SqlName.Quote(value)}) as {SqlName.Quote(value)}"));
        return combined;
    }

    /// <summary>The name of a node's expression, which is written before what needs it.</summary>
    private string Named(PlanNode node)
    {
        var name = node.Names.Single();
        if (expressions.All(expression => expression.Name != name))
        {
            // A limit on a fact is written where the fact is read.
            var select = Select(node is Top top ? top.Input : node);
            expressions.Add((name, select));
        }

        return name;
    }

    private static string As(string sql, string name) => sql == SqlName.Quote(name) ? sql : $"{sql} as {SqlName.Quote(name)}";
}
