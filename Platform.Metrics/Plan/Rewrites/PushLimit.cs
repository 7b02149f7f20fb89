using Platform.Metrics.Plan.Tree;

namespace Platform.Metrics.Plan.Rewrites;

/// <summary>
/// The first rows by the group-by columns are among the first of each fact, so each needs to give no more than those. Not for orders by a metric, whose
/// value may come of several facts.
/// </summary>
internal static class PushLimit
{
    /// <summary>Limits from here on are no less work.</summary>
    private const int Most = 10_000;

    public static PlanNode Apply(PlanNode plan) => plan is Top { Rows: < Most, Input: Project { Input: SideBySide sides } project } top
        && !sides.Keys.IsEmpty && top.Order.All(order => sides.Keys.Any(key => key.Name == order.Column))
            ? top with { Input = project with { Input = sides with { Facts = [.. sides.Facts.Select(fact => Limited(fact, sides, top))] } } }
            : plan;

    private static PlanNode Limited(PlanNode fact, SideBySide sides, Top top)
    {
        // A key that becomes a text is sorted as one.
        var columns = Outputs.Of(fact);
        return sides.Keys.All(key => columns.First(column => column.Name == key.Name).Value.Type == key.Type) ? new Top(fact, top.Order, top.Rows + top.Offset) : fact;
    }
}
