using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Project;

/// <summary>
/// Resolves references to unique ids. What does not resolve is an error of a model; a test of something that is missing or disabled is left
/// out, as in dbt. References to private models, and to protected ones of packages that restrict access, are errors.
/// </summary>
internal sealed class Linker(ParseScope scope, RefIndex references, IReadOnlyList<ParsedNode> sources, IReadOnlyList<ParsedNode> metrics, IReadOnlyList<Node> disabled)
{
    private readonly Dictionary<(string Package, string Source, string Table), Node> _sources =
        sources.ToDictionary(parsed => (parsed.Node.PackageName, parsed.Node.Source!.SourceName, parsed.Node.Name), parsed => parsed.Node);

    private readonly ILookup<(string Source, string Table), Node> _sourcesAnywhere = sources.ToLookup(parsed => (parsed.Node.Source!.SourceName, parsed.Node.Name), parsed => parsed.Node);
    private readonly ILookup<string, Node> _metrics = metrics.ToLookup(parsed => parsed.Node.Name, parsed => parsed.Node);
    private readonly ILookup<string, Node> _disabled = disabled.ToLookup(node => node.Name);
    private readonly string _root = scope.Invocation.RootName;

    /// <summary>The node with what it depends on; null when it is left out.</summary>
    public Node? Link(ParsedNode parsed)
    {
        var node = parsed.Node;
        var dependsOn = new List<string>(node.DependsOn);
        foreach (var call in node.Refs)
        {
            if (references.Find(call.Package, call.Name, call.Version, node.PackageName) is not { } target)
            {
                if (node.ResourceType is ResourceType.Test)
                {
                    WarnOfTest(node, call.Name, _disabled.Contains(call.Name));
                    return null;
                }

                ReportMissing(parsed, call);
                continue;
            }

            CheckAccess(parsed, target, call);
            Add(target.UniqueId);
        }

        foreach (var (source, table) in node.SourceCalls)
        {
            if (FindSource(source, table, node.PackageName) is not { } target)
            {
                var isDisabled = _disabled[table].Any(other => other.Source?.SourceName == source);
                if (node.ResourceType is ResourceType.Test)
                {
                    WarnOfTest(node, $"{source}.{table}", isDisabled);
                    return null;
                }

                ReportMissing(parsed, source, table, isDisabled);
                continue;
            }

            Add(target.UniqueId);
        }

        foreach (var metric in parsed.Metrics)
        {
            if (_metrics[metric].FirstOrDefault() is { } target)
            {
                Add(target.UniqueId);
            }
            else
            {
                scope.Errors.Add(node.At, $"'{node.Name}' uses the metric '{metric}', which {(_disabled.Contains(metric) ? "is disabled" : "does not exist")}. Correct the name, or add it.");
            }
        }

        return Finish(parsed, dependsOn);

        void Add(string id)
        {
            if (!dependsOn.Contains(id))
            {
                dependsOn.Add(id);
            }
        }
    }

    private Node Finish(ParsedNode parsed, List<string> dependsOn)
    {
        var node = parsed.Node;
        if (node.Test is { } test)
        {
            var attached = parsed.Attached is { } call ? references.Find(call.Package, call.Name, call.Version, node.PackageName) : null;
            var attachedId = attached?.UniqueId ?? dependsOn.FirstOrDefault(id => id.StartsWith("source.", StringComparison.Ordinal) && parsed.Attached is null);
            node = node with { Group = attached?.Group, Test = test with { AttachedNode = attachedId } };
        }

        if (parsed.Linked is { } before && before.Group == node.Group && before.Test?.AttachedNode == node.Test?.AttachedNode && before.DependsOn.SequenceEqual(dependsOn))
        {
            return before;
        }

        return parsed.Linked = node with { DependsOn = dependsOn, Constraints = Constraints(node.Constraints, node), Columns = Columns(node) };
    }

    /// <summary>Constraints with the node that a foreign key points to.</summary>
    private IReadOnlyList<ModelConstraint> Constraints(IReadOnlyList<ModelConstraint> constraints, Node node) => constraints.All(constraint => constraint.To is null)
        ? constraints
        : [.. constraints.Select(constraint => constraint.To is null ? constraint : constraint with { ToNode = Target(constraint.To, node)?.UniqueId })];

    private IReadOnlyDictionary<string, ColumnPatch> Columns(Node node) => node.Columns.Values.All(column => column.Constraints.All(constraint => constraint.To is null))
        ? node.Columns
        : node.Columns.ToDictionary(column => column.Key, column => column.Value with { Constraints = Constraints(column.Value.Constraints, node) });

    private Node? Target(string text, Node node) => ReferenceText.Read(text) switch
    {
        { Ref: { } call } => references.Find(call.Package, call.Name, call.Version, node.PackageName),
        { Source: var (source, table) } => FindSource(source, table, node.PackageName),
        _ => null,
    };

    private Node? FindSource(string source, string table, string package) =>
        _sources.GetValueOrDefault((_root, source, table)) ?? _sources.GetValueOrDefault((package, source, table)) ?? _sourcesAnywhere[(source, table)].FirstOrDefault();

    private void CheckAccess(ParsedNode parsed, Node target, RefCall call)
    {
        var node = parsed.Node;
        if (target.ResourceType is not ResourceType.Model)
        {
            return;
        }

        var isRestricted = node.PackageName != target.PackageName && scope.Package(target.PackageName).Project.RestrictAccess;
        var group = parsed.Attached is { } attached
            ? references.Find(attached.Package, attached.Name, attached.Version, node.PackageName)?.Group
            : node.Group;
        var fault = target.Access switch
        {
            "private" when group != target.Group || isRestricted =>
                $"which is private to the group '{target.Group}'. Put '{node.Name}' in that group, or make '{target.Name}' protected.",
            "protected" when isRestricted => $"which is protected, and package '{target.PackageName}' restricts access. Use a public model of it.",
            _ => null,
        };
        if (fault is not null)
        {
            var (at, snippet) = parsed.Find("ref", call.Name);
            scope.Errors.Add(new TransformError(at, $"'{node.Name}' refers to '{target.Name}', {fault}", snippet));
        }
    }

    private void WarnOfTest(Node test, string target, bool isDisabled)
    {
        if (!isDisabled)
        {
            scope.Errors.Warn(test.At, "NodeNotFoundOrDisabled", $"the test '{test.Name}' depends on '{target}', which is not there; the test is left out. Correct the name, or remove the test.");
        }
    }

    private void ReportMissing(ParsedNode parsed, RefCall call)
    {
        var off = _disabled[call.Name].FirstOrDefault(node => node.IsReferable);
        var versions = references.Find(call.Package, call.Name, null, parsed.Node.PackageName) is { } any && call.Version is not null
            ? string.Join(", ", references.Versions(any).Select(node => node.Version))
            : null;
        var (at, snippet) = parsed.Find("ref", call.Name);
        var message = (off, versions) switch
        {
            (not null, _) => $"refers to '{call.Name}' ({off.OriginalFilePath}), which is disabled. Enable it, or remove the ref.",
            (_, "") => $"refers to version {call.Version} of '{call.Name}', which has no versions. Remove the version.",
            (_, not null) => $"refers to version {call.Version} of '{call.Name}', which has the versions {versions}. Name one of them.",
            _ => $"refers to '{call.Name}', which is no model or seed of the project. Correct the name, or add the model.",
        };
        scope.Errors.Add(new TransformError(at, $"'{parsed.Node.Name}' {message}", snippet));
    }

    private void ReportMissing(ParsedNode parsed, string source, string table, bool isDisabled)
    {
        var (at, snippet) = parsed.Find("source", source, table);
        var message = isDisabled
            ? "which is disabled. Enable it, or remove the call."
            : "which no properties file declares. Declare it under 'sources:', or correct the name.";
        scope.Errors.Add(new TransformError(at, $"'{parsed.Node.Name}' reads source '{source}.{table}', {message}", snippet));
    }
}
