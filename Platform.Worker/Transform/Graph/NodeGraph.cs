using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Graph;

/// <summary>Who depends on whom among the enabled nodes, in an order in which every node comes after those it needs.</summary>
internal sealed class NodeGraph
{
    private readonly Dictionary<string, Node> _nodes;
    private readonly Dictionary<string, List<string>> _parents = [];
    private readonly Dictionary<string, List<string>> _children = [];

    private NodeGraph(Dictionary<string, Node> nodes, IReadOnlyList<Node> ordered) => (_nodes, Ordered) = (nodes, ordered);

    public IReadOnlyList<Node> Ordered { get; }

    public Node this[string uniqueId] => _nodes[uniqueId];

    public bool Contains(string uniqueId) => _nodes.ContainsKey(uniqueId);

    public IReadOnlyList<string> Parents(string uniqueId) => _parents.TryGetValue(uniqueId, out var parents) ? parents : [];

    public IReadOnlyList<string> Children(string uniqueId) => _children.TryGetValue(uniqueId, out var children) ? children : [];

    public HashSet<string> Ancestors(string uniqueId, int depth = int.MaxValue) => Reach([uniqueId], Parents, depth);

    public HashSet<string> Descendants(string uniqueId, int depth = int.MaxValue) => Reach([uniqueId], Children, depth);

    /// <summary>What any of these nodes needs, up to a number of levels; one of them is in it only when another needs it.</summary>
    public HashSet<string> Ancestors(IEnumerable<string> uniqueIds, int depth = int.MaxValue) => Reach(uniqueIds, Parents, depth);

    public HashSet<string> Descendants(IEnumerable<string> uniqueIds, int depth = int.MaxValue) => Reach(uniqueIds, Children, depth);

    /// <summary>Links the nodes; a cycle is reported with its whole path.</summary>
    public static NodeGraph Build(IEnumerable<Node> nodes, ProjectErrors errors)
    {
        var byId = nodes.ToDictionary(node => node.UniqueId);
        var ordered = new List<Node>(byId.Count);
        var graph = new NodeGraph(byId, ordered);
        foreach (var node in byId.Values)
        {
            foreach (var parent in node.DependsOn.Distinct().Where(byId.ContainsKey))
            {
                Append(graph._parents, node.UniqueId, parent);
                Append(graph._children, parent, node.UniqueId);
            }
        }

        var waiting = byId.Keys.ToDictionary(id => id, id => graph.Parents(id).Count);
        var ready = new PriorityQueue<string, string>(
            waiting.Where(entry => entry.Value == 0).Select(entry => (entry.Key, entry.Key)), StringComparer.Ordinal);
        while (ready.TryDequeue(out var id, out _))
        {
            ordered.Add(byId[id]);
            foreach (var child in graph.Children(id))
            {
                if (--waiting[child] == 0)
                {
                    ready.Enqueue(child, child);
                }
            }
        }

        if (ordered.Count < byId.Count)
        {
            ReportCycle(graph, waiting.Where(entry => entry.Value > 0).Select(entry => entry.Key).ToHashSet(), errors);
        }

        return graph;
    }

    private static void ReportCycle(NodeGraph graph, HashSet<string> unordered, ProjectErrors errors)
    {
        // Every unordered node has an unordered parent, so walking up the parents must come back to a node already seen.
        var path = new List<string>();
        var current = unordered.Order(StringComparer.Ordinal).First();
        while (!path.Contains(current))
        {
            path.Add(current);
            current = graph.Parents(current).First(unordered.Contains);
        }

        var cycle = path.SkipWhile(id => id != current).Reverse().ToList();
        var names = cycle.Append(cycle[0]).Select(id => graph[id].Name);
        errors.Add(graph[cycle[0]].At, $"the models depend on each other in a circle: {string.Join(" → ", names)}. Break one of these refs.");
    }

    private static HashSet<string> Reach(IEnumerable<string> from, Func<string, IReadOnlyList<string>> next, int depth)
    {
        var reached = new HashSet<string>();
        var frontier = from.ToList();
        for (var step = 0; step < depth && frontier.Count > 0; step++)
        {
            frontier = frontier.SelectMany(next).Where(reached.Add).ToList();
        }

        return reached;
    }

    private static void Append(Dictionary<string, List<string>> map, string key, string value)
    {
        if (!map.TryGetValue(key, out var list))
        {
            map[key] = list = [];
        }

        list.Add(value);
    }
}
