using System.IO.Enumeration;
using System.Text.RegularExpressions;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Graph;

/// <summary>
/// dbt's node selection (https://docs.getdbt.com/reference/node-selection/syntax): methods <c>fqn</c> (default), <c>tag</c>, <c>path</c>,
/// <c>source</c>, <c>resource_type</c>, <c>package</c>, <c>config.*</c>, <c>test_type</c>, <c>test_name</c>; graph operators <c>+x</c>, <c>x+</c>,
/// <c>2+x+1</c>, <c>@x</c>; a space is a union, a comma an intersection.
/// </summary>
internal sealed partial class NodeSelector(NodeGraph graph)
{
    private static readonly SourceLocation Place = new("--select");

    /// <summary>
    /// The selected nodes: those the criteria name, and the tests that touch at least one of them (indirect selection "eager"),
    /// without those that are excluded. What is never run, such as a source or an exposure, is not part of the answer.
    /// </summary>
    /// <exception cref="TransformException">A criterion names an unknown method, or nothing matches.</exception>
    public IReadOnlySet<string> Select(IReadOnlyList<string> select, IReadOnlyList<string> exclude)
    {
        var selected = select.Count == 0 ? graph.Ordered.Select(node => node.UniqueId).ToHashSet() : Union(select);
        selected.ExceptWith(Union(exclude));
        selected.RemoveWhere(id => !graph[id].IsRunnable);
        if (selected.Count == 0 && select.Count > 0)
        {
            throw new TransformException(Place, $"'{string.Join(' ', select)}' matches no node of the project. Check the name, or the path and tag.");
        }

        return selected;
    }

    private HashSet<string> Union(IEnumerable<string> criteria)
    {
        var union = new HashSet<string>();
        foreach (var term in criteria.SelectMany(criterion => criterion.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        {
            HashSet<string>? intersection = null;
            foreach (var part in term.Split(',', StringSplitOptions.RemoveEmptyEntries))
            {
                var matches = Expand(part);
                if (intersection is null)
                {
                    intersection = matches;
                }
                else
                {
                    intersection.IntersectWith(matches);
                }
            }

            union.UnionWith(intersection ?? []);
        }

        return union;
    }

    private HashSet<string> Expand(string criterion)
    {
        var match = Criterion().Match(criterion);
        if (!match.Success)
        {
            throw new TransformException(Place, $"'{criterion}' is not a selector. Write name, +name, name+, @name or method:value.");
        }

        var named = graph.Ordered.Where(Predicate(match.Groups["method"].Value, match.Groups["value"].Value))
            .Select(node => node.UniqueId).ToList();
        var result = new HashSet<string>(named);
        foreach (var id in named)
        {
            if (match.Groups["whole"].Success)
            {
                var descendants = graph.Descendants(id);
                result.UnionWith(descendants);
                result.UnionWith(descendants.SelectMany(descendant => graph.Ancestors(descendant)));
            }

            if (match.Groups["parents"].Success)
            {
                result.UnionWith(graph.Ancestors(id, Depth(match.Groups["up"])));
            }

            if (match.Groups["children"].Success)
            {
                result.UnionWith(graph.Descendants(id, Depth(match.Groups["down"])));
            }
        }

        result.UnionWith(result.ToList().SelectMany(graph.Children).Where(id => graph[id].ResourceType is ResourceType.Test));
        return result;
    }

    private static int Depth(Group group) => group.Value.Length == 0 ? int.MaxValue : int.Parse(group.Value);

    private static Func<Node, bool> Predicate(string method, string value)
    {
        if (method.Length == 0)
        {
            return value.Contains('/') || value.EndsWith(".sql", StringComparison.Ordinal)
                ? node => MatchesPath(node, value)
                : node => MatchesName(node, value);
        }

        if (method.StartsWith("config.", StringComparison.Ordinal))
        {
            var key = method["config.".Length..];
            return node => node.Config.Texts(key).Any(text => string.Equals(text, value, StringComparison.OrdinalIgnoreCase));
        }

        return method switch
        {
            "fqn" => node => MatchesName(node, value),
            "tag" => node => node.Config.Tags.Any(tag => Wildcard(value, tag)),
            "path" or "file" => node => MatchesPath(node, value),
            "source" => node => node.Source is { } source && (Wildcard(value, source.SourceName) || Wildcard(value, $"{source.SourceName}.{node.Name}")),
            "resource_type" => node => node.ResourceTypeName == value,
            "package" => node => Wildcard(value, node.PackageName),
            "test_type" => node => node.ResourceType is ResourceType.Test && (value is "data" || value == (node.Test is null ? "singular" : "generic")),
            "test_name" => node => node.Test is { } test && Wildcard(value, test.Name),
            _ => throw new TransformException(
                Place,
                $"'{method}:' is not a selection method here. "
                + "Use fqn, tag, path, source, resource_type, package, config.<key>, test_type or test_name."),
        };
    }

    private static bool MatchesName(Node node, string value)
    {
        if (Wildcard(value, node.Name))
        {
            return true;
        }

        if (node.ResourceType is ResourceType.Source)
        {
            return false;
        }

        var parts = value.Split('.');
        return StartsWith(node.Fqn, parts) || StartsWith(node.Fqn.Skip(1).ToList(), parts);
    }

    private static bool StartsWith(IReadOnlyList<string> fqn, string[] parts) =>
        parts.Length <= fqn.Count && parts.Zip(fqn).All(pair => Wildcard(pair.First, pair.Second));

    private static bool MatchesPath(Node node, string value)
    {
        var wanted = value.TrimEnd('/');
        return Wildcard(wanted, node.OriginalFilePath) || node.OriginalFilePath.StartsWith(wanted + "/", StringComparison.Ordinal)
            || Wildcard(wanted, System.IO.Path.GetFileName(node.OriginalFilePath));
    }

    private static bool Wildcard(string pattern, string text) => FileSystemName.MatchesSimpleExpression(pattern, text, ignoreCase: false);

    [GeneratedRegex(@"^(?<whole>@)?(?<parents>(?<up>\d*)\+)?((?<method>[\w.]+):)?(?<value>.*?)(?<children>\+(?<down>\d*))?$")]
    private static partial Regex Criterion();
}
