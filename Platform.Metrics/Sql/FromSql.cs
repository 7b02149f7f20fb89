using NpgsqlTypes;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Plan.Tree;

namespace Platform.Metrics.Sql;

/// <summary>
/// FROM and WHERE of a select, and its values. A definition's expression names columns without saying whose they are, so next to joins every relation
/// that has more than plain columns is projected first: <c>(select quantity * price as revenue from ...) as order_lines</c>.
/// </summary>
internal sealed class FromSql
{
    private readonly Dictionary<string, List<(string Column, string Expr)>> projected = [];
    private readonly List<PlanNode> relations = [];
    private readonly List<(PlanNode Right, JoinKind Kind, PlanValue On)> joins = [];
    private readonly List<PlanValue> conditions = [];
    private readonly SqlParameters parameters;
    private readonly Func<PlanNode, string> named;
    private readonly ValueSql scalars;

    /// <param name="input">Rows: relations, joins and filters of them.</param>
    /// <param name="parameters">Where values go.</param>
    /// <param name="named">Writes a named node and gives its name.</param>
    public FromSql(PlanNode input, SqlParameters parameters, Func<PlanNode, string> named)
    {
        (this.parameters, this.named) = (parameters, named);
        scalars = new ValueSql(Source, Output, parameters);
        Flatten(input);
    }

    private bool IsAlone => relations.Count == 1;

    public string Write(PlanValue scalar) => scalars.Write(scalar);

    /// <summary>Adds relations, joins and conditions. Called after every value was written.</summary>
    public void AddTo(SelectSql select)
    {
        select.Where.AddRange(conditions.Select(Write));
        var on = joins.Select(join => Write(join.On)).ToArray();
        select.From = From(relations[0]);
        select.Joins.AddRange(joins.Zip(on, (join, condition) =>
            $"{join.Kind switch { JoinKind.Left => "left join", JoinKind.Full => "full join", _ => "join" }} {From(join.Right)}\n  on {condition}"));
    }

    private void Flatten(PlanNode node)
    {
        switch (node)
        {
            case Filter filter:
                Flatten(filter.Input);
                conditions.AddRange(filter.Conditions);
                break;
            case Join join:
                Flatten(join.Left);
                if (join.Right is Join or Filter)
                {
                    throw new InvalidOperationException("What is joined has a name.");
                }

                relations.Add(join.Right);
                joins.Add((join.Right, join.Kind, join.On));
                break;
            default:
                relations.Add(node);
                break;
        }
    }

    private string Output(OutputColumn column) => IsAlone
        ? SqlName.Quote(column.Name)
        : $"{SqlName.Quote(column.Relation)}.{SqlName.Quote(column.Name)}";

    /// <summary>SQL for an expression over a relation's columns.</summary>
    private string Source(SourceColumn source)
    {
        var expr = source.Expr;
        var isPlain = SqlName.IsPlain(expr);
        if (IsConstant(expr))
        {
            return expr;
        }

        if (IsAlone)
        {
            return isPlain ? expr : $"({expr})";
        }

        var columns = projected.TryGetValue(source.Relation, out var known) ? known : projected[source.Relation] = [];
        var column = columns.FirstOrDefault(pair => pair.Expr == expr).Column;
        if (column is null)
        {
            column = isPlain ? expr : source.Name;
            for (var number = 2; columns.Any(pair => pair.Column == column); number++)
            {
                column = $"{source.Name}_{number}";
            }

            columns.Add((column, expr));
        }

        return $"{SqlName.Quote(source.Relation)}.{SqlName.Quote(column)}";
    }

    private string From(PlanNode node) => node switch
    {
        Read read => From(read),
        Periods periods => From(periods),
        _ => SqlName.Quote(named(node)),
    };

    private string From(Read read)
    {
        var relation = SqlName.Quote(read.Relation.Schema, read.Relation.Name);
        if (IsAlone)
        {
            return relation;
        }

        var columns = projected.GetValueOrDefault(read.Name) ?? [];
        return columns.All(pair => pair.Column == pair.Expr)
            ? $"{relation} as {SqlName.Quote(read.Name)}"
            : $"(select {string.Join(", ", columns.Select(pair => pair.Column == pair.Expr ? pair.Column : $"{pair.Expr} as {SqlName.Quote(pair.Column)}"))} " +
              $"from {relation}) as {SqlName.Quote(read.Name)}";
    }

    private string From(Periods periods)
    {
        var (lower, upper) = (Bound(periods, periods.From, "min"), Bound(periods, periods.To, "max"));
        var grain = periods.Grain;
        var column = $"{(grain >= TimeGrain.Day ? "{0}::date" : "{0}")} as {Periods.Column}";
        if (periods.Spine is not { } spine)
        {
            var step = grain == TimeGrain.Quarter ? "3 months" : $"1 {grain.Name()}";

            // Of the last day all hours.
            var last = grain >= TimeGrain.Day ? $"{upper}::timestamp" : $"({upper}::timestamp + interval '1 day' - interval '{step}')";
            return $"(\n  select {string.Format(System.Globalization.CultureInfo.InvariantCulture, column, "day")}\n" +
                $"  from generate_series({lower}::timestamp, {last}, interval '{step}') as day\n) as {SqlName.Quote(periods.Name)}";
        }

        var own = SqlName.IsPlain(spine.Column) ? spine.Column : $"({spine.Column})";
        var bounds = new[]
        {
            lower is null ? null : $"{own} >= {lower}",
            upper is null ? null : grain >= TimeGrain.Day && spine.Grain >= TimeGrain.Day ? $"{own} <= {upper}" : $"{own} < {upper}::timestamp + interval '1 day'",
        }.OfType<string>().ToArray();
        return $"(\n  select {(spine.Grain == grain ? "" : "distinct ")}{TimeSql.Cut(own, spine.DataType, grain)} as {Periods.Column}\n" +
            $"  from {SqlName.Quote(spine.Relation.Schema, spine.Relation.Name)}" +
            (bounds.Length == 0 ? "" : $"\n  where {string.Join("\n    and ", bounds)}") + $"\n) as {SqlName.Quote(periods.Name)}";
    }

    /// <summary>The bound that is given, or else that of the facts, put to where they are shown; null when there are none.</summary>
    private string? Bound(Periods periods, PlanValue? given, string aggregate)
    {
        if (given is Constant { Value: DateOnly day })
        {
            return parameters.Add(day, NpgsqlDbType.Date);
        }

        if (periods is not { Extent: { } extent, ExtentTime: { } time })
        {
            return null;
        }

        var sql = $"{aggregate}({SqlName.Quote(time.Name)})";
        if (aggregate == "min")
        {
            (sql, var type) = TimeSql.Move(sql, time.Type, periods.Shift);
            sql = TimeSql.Cut(sql, type, periods.Grain);
        }

        // Below a day, bounds are days: the first moment of the first, and the last one's end is added where they are listed.
        sql = periods.Grain < TimeGrain.Day ? $"{sql}::date" : sql;
        return $"(select {sql} from {SqlName.Quote(named(extent))})";
    }

    private static bool IsConstant(string expr) => expr == "*" || expr.All(char.IsAsciiDigit);
}
