using Platform.Worker.Transform.Project;
using Platform.Worker.Transform.State;

namespace Platform.Worker.Transform.Graph.Selection;

/// <summary>dbt's methods (https://docs.getdbt.com/reference/node-selection/methods) by name; each makes a predicate on nodes.</summary>
internal static class SelectionMethods
{
    private static readonly OrderedDictionary<string, Func<SelectionScope, SelectionCriterion, Func<Node, bool>>> Methods = new()
    {
        ["fqn"] = NameMethods.Fqn,
        ["tag"] = PropertyMethods.Tag,
        ["group"] = PropertyMethods.Group,
        ["access"] = PropertyMethods.Access,
        ["source"] = NameMethods.Source,
        ["path"] = PathMethods.Path,
        ["file"] = PathMethods.File,
        ["package"] = NameMethods.Package,
        ["config"] = PropertyMethods.Config,
        ["test_name"] = PropertyMethods.TestName,
        ["test_type"] = PropertyMethods.TestType,
        ["resource_type"] = PropertyMethods.Type,
        ["state"] = StateMethods.State,
        ["exposure"] = NameMethods.Named(ResourceType.Exposure),
        ["metric"] = NameMethods.Named(ResourceType.Metric),
        ["result"] = StateMethods.Result,
        ["source_status"] = StateMethods.SourceStatus,
        ["version"] = PropertyMethods.Version,
        ["semantic_model"] = NameMethods.Named(ResourceType.SemanticModel),
        ["saved_query"] = NameMethods.Named(ResourceType.SavedQuery),
        ["unit_test"] = NameMethods.Named(ResourceType.UnitTest),
    };

    public static IReadOnlyCollection<string> Names => Methods.Keys;

    /// <exception cref="TransformException">The value means nothing to the method, or the state it needs is not there.</exception>
    public static Func<Node, bool> Predicate(SelectionScope scope, SelectionCriterion criterion) => Methods[criterion.Method](scope, criterion);
}

/// <summary>What methods look at besides the node.</summary>
internal sealed record SelectionScope(ParsedProject Project, PreviousState? State);
