using Platform.Worker.Transform.State;

namespace Platform.Worker.Transform.Graph.Selection;

/// <summary>Methods that compare with what earlier runs left behind.</summary>
internal static class StateMethods
{
    public static Func<Node, bool> State(SelectionScope scope, SelectionCriterion criterion)
    {
        var manifest = scope.State?.Manifest ?? throw Missing(criterion, StateManifest.FileName);
        var kind = string.Join('.', criterion.Arguments.Prepend(criterion.Text));
        return new StateComparison(scope.Project, manifest).Check(kind)
            ?? throw new TransformException(
                criterion.At, $"Got an invalid selector '{criterion.Text}' for state. Use {string.Join(", ", StateComparison.Kinds)}.");
    }

    public static Func<Node, bool> Result(SelectionScope scope, SelectionCriterion criterion)
    {
        var results = scope.State?.Results ?? throw Missing(criterion, StateResults.FileName);
        var status = criterion.Text;
        return node => results.Statuses.TryGetValue(node.UniqueId, out var found) && found == status;
    }

    public static Func<Node, bool> SourceStatus(SelectionScope scope, SelectionCriterion criterion)
    {
        var before = scope.State?.Sources ?? throw Missing(criterion, StateFreshness.FileName);
        var now = scope.State.CurrentSources
            ?? throw new TransformException(criterion.At, $"'{criterion.Raw}' needs {StateFreshness.FileName} of this project, too. Run 'source freshness' first.");
        if (criterion.Text != "fresher")
        {
            throw new TransformException(criterion.At, $"Invalid source status '{criterion.Text}'. Use fresher.");
        }

        return node => now.LoadedAt.TryGetValue(node.UniqueId, out var loaded) && loaded is not null
            && (!before.LoadedAt.TryGetValue(node.UniqueId, out var earlier) || (earlier is not null && loaded > earlier));
    }

    private static TransformException Missing(SelectionCriterion criterion, string file) =>
        new(criterion.At, $"'{criterion.Raw}' needs the {file} of an earlier run. Give its folder with --state.");
}
