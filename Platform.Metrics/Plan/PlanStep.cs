using System.Collections.Immutable;
using Platform.Metrics.Plan.Tree;

namespace Platform.Metrics.Plan;

/// <summary>A step of a plan, for people.</summary>
/// <param name="Step">What kind: Top, Project, Aggregate, SideBySide, Filter, Join, Periods or Read.</param>
/// <param name="Does">What it does, in words of the catalogue.</param>
/// <param name="Inputs">The steps before it.</param>
internal sealed record PlanStep(string Step, string Does, ImmutableArray<PlanStep> Inputs)
{
    public static PlanStep Of(PlanNode node) => new(node.GetType().Name, node.Describe(), [.. node.Inputs.Select(Of)]);
}
