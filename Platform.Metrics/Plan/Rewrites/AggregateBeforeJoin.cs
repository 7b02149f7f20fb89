using Platform.Metrics.Plan.Tree;
using Platform.Metrics.Sql;

namespace Platform.Metrics.Plan.Rewrites;

/// <summary>
/// Facts that are joined to many listed days are aggregated by day first, where their aggregates can be put together from those of parts: a
/// window of 28 days then reads each day's sum 28 times, not each row. What cannot be, as a distinct count, stays as rows.
/// </summary>
internal static class AggregateBeforeJoin
{
    public static PlanNode Apply(PlanNode plan) => plan.Rewrite(node => node is Aggregate aggregate ? Rewritten(aggregate) : node);

    private static Aggregate Rewritten(Aggregate aggregate)
    {
        var calls = aggregate.Values.Select(value => value.Value as AggregateCall).ToArray();
        if (Joined(aggregate.Input) is not { } facts
            || calls.Length == 0
            || !calls.All(call => call is { IsCombined: false, Filter: null, Argument: OutputColumn column } && column.Relation == facts.Name
                && MeasureSql.CanCombine(call.Measure)))
        {
            return aggregate;
        }

        var measures = calls.DistinctBy(call => ((OutputColumn)call!.Argument).Name).ToDictionary(call => ((OutputColumn)call!.Argument).Name, call => call!.Measure);
        var before = new Aggregate(
            facts.Name,
            facts.Input,
            [.. facts.Columns.Where(column => !measures.ContainsKey(column.Name))],
            [.. facts.Columns.Where(column => measures.ContainsKey(column.Name))
                .Select(column => column with { Value = new AggregateCall(measures[column.Name], column.Value) })]);
        return aggregate with
        {
            Input = aggregate.Input.Rewrite(node => node is Project project && project.Name == facts.Name ? before : node),
            Values = [.. aggregate.Values.Select(value => value with { Value = ((AggregateCall)value.Value) with { IsCombined = true } })],
        };
    }

    /// <summary>The facts that are joined to periods.</summary>
    private static Project? Joined(PlanNode node) => node switch
    {
        Filter filter => Joined(filter.Input),
        Join { Kind: JoinKind.Inner, Right: Project facts } join when join.Left.All.Any(left => left is Periods) => facts,
        _ => null,
    };
}
