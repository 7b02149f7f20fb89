using System.Collections.Immutable;

namespace Platform.Metrics.Plan.Tree;

/// <summary>The columns that a named node puts out.</summary>
internal static class Outputs
{
    public static ImmutableArray<Column> Of(PlanNode node) => node switch
    {
        Project project => project.Columns,
        Aggregate aggregate => [.. aggregate.Keys, .. aggregate.Values],
        Top top => Of(top.Input),
        SideBySide sides => Of(sides),
        _ => throw new InvalidOperationException($"{node.GetType().Name} puts out no columns of its own."),
    };

    private static ImmutableArray<Column> Of(SideBySide sides)
    {
        var keys = sides.Keys.Select(key => key.Name).ToHashSet();
        return
        [
            .. sides.Keys.Select(key => new Column(key.Name, new OutputColumn(sides.Name, key.Name, key.Type))),
            .. sides.Facts.SelectMany(fact => Of(fact).Where(column => !keys.Contains(column.Name))),
        ];
    }
}
