using Platform.Worker.Transform.Project;
using Platform.Worker.Transform.State;

namespace Platform.Worker.Transform.Graph.Selection;

/// <summary>Evaluates a selection on the graph of a project, step by step as dbt does.</summary>
internal sealed class NodeSelector
{
    private readonly NodeGraph _graph;
    private readonly SelectionScope _scope;

    private NodeSelector(ParsedProject project, PreviousState? state) => (_graph, _scope) = (project.Graph, new SelectionScope(project, state));

    /// <summary>Nodes that a spec names, and tests that would come along if all they test were there.</summary>
    private readonly record struct Selected(HashSet<string> Direct, HashSet<string> Indirect);

    /// <param name="project">The project; its invocation hears of criteria that match nothing.</param>
    /// <param name="request">What is selected.</param>
    /// <param name="state">Artifacts of earlier runs, for <c>state:</c>, <c>result:</c> and <c>source_status:</c>.</param>
    /// <returns>Unique ids.</returns>
    /// <exception cref="TransformException">A criterion or selector cannot be read, or the state it needs is not there.</exception>
    public static IReadOnlySet<string> Select(ParsedProject project, SelectionRequest request, PreviousState? state = null)
    {
        var selected = new NodeSelector(project, state).Evaluate(Spec(project, request)).Direct;
        selected.RemoveWhere(id => project.Graph[id] is var node
            && ((request.ResourceTypes is { } types && !types.Contains(node.ResourceType)) || (!request.IncludeEmpty && IsEmpty(node))));
        return selected;
    }

    private static SelectionSpec Spec(ParsedProject project, SelectionRequest request)
    {
        var selectors = new SelectorFile(project, request.IndirectSelection);
        var name = request.Selector ?? (request.Select.Count + request.Exclude.Count == 0 ? selectors.Default : null);
        return name is not null ? selectors[name] : CriterionParser.Parse(request.Select, request.Exclude, request.IndirectSelection);
    }

    private Selected Evaluate(SelectionSpec spec)
    {
        if (spec is SelectionCriterion criterion)
        {
            return Evaluate(criterion);
        }

        var group = (SelectionGroup)spec;
        var parts = group.Components.Select(Evaluate).ToList();
        var direct = group.Combine([.. parts.Select(part => part.Direct)]);
        var indirect = group.Combine([.. parts.Select(part => part.Direct.Union(part.Indirect).ToHashSet())]);
        Incorporate(direct, indirect, group.IndirectSelection);
        if (group.Expected is { } expected && direct.Count == 0)
        {
            _scope.Project.Invocation.Output?.Warn("NoNodesForSelectionCriteria", default, $"The selection criterion '{expected}' does not match any enabled nodes");
        }

        return new Selected(direct, indirect);
    }

    private Selected Evaluate(SelectionCriterion criterion)
    {
        var matches = SelectionMethods.Predicate(_scope, criterion);
        var named = _graph.Ordered.Where(matches).Select(node => node.UniqueId).ToHashSet();
        var selected = new HashSet<string>(named);
        if (criterion.ChildrensParents)
        {
            var family = _graph.Descendants(named);
            family.UnionWith(named);
            selected.UnionWith(_graph.Ancestors(family));
            selected.UnionWith(family);
        }

        if (criterion.ParentsDepth > 0)
        {
            selected.UnionWith(_graph.Ancestors(named, criterion.ParentsDepth));
        }

        if (criterion.ChildrenDepth > 0)
        {
            selected.UnionWith(_graph.Descendants(named, criterion.ChildrenDepth));
        }

        return criterion.IndirectSelection is IndirectSelection.Empty ? new Selected(selected, []) : WithTests(selected, criterion.IndirectSelection);
    }

    /// <summary>Adds the tests of what is selected, or keeps them for later when other nodes they test are not selected yet.</summary>
    private Selected WithTests(HashSet<string> selected, IndirectSelection mode)
    {
        var (direct, indirect) = (new HashSet<string>(selected), new HashSet<string>());
        var within = mode is IndirectSelection.Buildable ? WithAncestorsAndSources(selected) : selected;
        foreach (var test in selected.SelectMany(_graph.Children).Where(id => _graph[id].ResourceType is ResourceType.Test or ResourceType.UnitTest).Distinct())
        {
            var comes = mode is IndirectSelection.Eager || _graph.Parents(test).All(within.Contains);
            (comes ? direct : indirect).Add(test);
        }

        return new Selected(direct, indirect);
    }

    /// <summary>Takes in tests kept for later of which all that they test has come together by now.</summary>
    private void Incorporate(HashSet<string> direct, HashSet<string> indirect, IndirectSelection mode)
    {
        if (mode is not (IndirectSelection.Cautious or IndirectSelection.Buildable) || direct.SetEquals(indirect))
        {
            return;
        }

        var within = mode is IndirectSelection.Cautious ? new HashSet<string>(direct) : WithAncestorsAndSources(direct);
        direct.UnionWith(indirect.Where(id => _graph.Parents(id).All(within.Contains)).ToList());
    }

    private HashSet<string> WithAncestorsAndSources(HashSet<string> selected)
    {
        var within = _graph.Ancestors(selected);
        within.UnionWith(selected);
        within.UnionWith(_graph.Ordered.Where(node => node.ResourceType is ResourceType.Source).Select(node => node.UniqueId));
        return within;
    }

    private static bool IsEmpty(Node node) =>
        node.ResourceType is ResourceType.Model or ResourceType.Snapshot or ResourceType.Analysis && string.IsNullOrWhiteSpace(node.RawCode);
}
