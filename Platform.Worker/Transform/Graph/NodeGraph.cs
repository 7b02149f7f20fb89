using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Graph;

/// <summary>Who depends on whom among the enabled nodes, in an order in which every node comes after those it needs.</summary>
internal sealed class NodeGraph
{
    private readonly Dictionary<string, int> _places;
    private readonly Node[] _nodes;
    private readonly IReadOnlyList<string>[] _parents;
    private readonly IReadOnlyList<string>[] _children;

    private NodeGraph(Dictionary<string, int> places, Node[] nodes, IReadOnlyList<string>[] parents, IReadOnlyList<string>[] children, IReadOnlyList<Node> ordered) =>
        (_places, _nodes, _parents, _children, Ordered) = (places, nodes, parents, children, ordered);

    public IReadOnlyList<Node> Ordered { get; }

    public Node this[string uniqueId] => _nodes[_places[uniqueId]];

    public bool Contains(string uniqueId) => _places.ContainsKey(uniqueId);

    public IReadOnlyList<string> Parents(string uniqueId) => _places.TryGetValue(uniqueId, out var place) ? _parents[place] : [];

    public IReadOnlyList<string> Children(string uniqueId) => _places.TryGetValue(uniqueId, out var place) ? _children[place] : [];

    public HashSet<string> Ancestors(string uniqueId, int depth = int.MaxValue) => Reach([uniqueId], Parents, depth);

    public HashSet<string> Descendants(string uniqueId, int depth = int.MaxValue) => Reach([uniqueId], Children, depth);

    /// <summary>What any of these nodes needs, up to a number of levels; one of them is in it only when another needs it.</summary>
    public HashSet<string> Ancestors(IEnumerable<string> uniqueIds, int depth = int.MaxValue) => Reach(uniqueIds, Parents, depth);

    public HashSet<string> Descendants(IEnumerable<string> uniqueIds, int depth = int.MaxValue) => Reach(uniqueIds, Children, depth);

    /// <summary>Links the nodes; a cycle is reported with its whole path.</summary>
    public static NodeGraph Build(IEnumerable<Node> nodes, ProjectErrors errors)
    {
        // Places are in the order of ids, so that numbers decide between nodes that are ready at the same time.
        Node[] byId = [.. nodes];
        Array.Sort(byId.Select(node => node.UniqueId).ToArray(), byId, StringComparer.Ordinal);
        var places = new Dictionary<string, int>(byId.Length);
        for (var place = 0; place < byId.Length; place++)
        {
            places.Add(byId[place].UniqueId, place);
        }

        var parents = new IReadOnlyList<string>[byId.Length];
        var children = new List<int>?[byId.Length];
        var waiting = new int[byId.Length];
        for (var place = 0; place < byId.Length; place++)
        {
            var known = new List<string>(byId[place].DependsOn.Count);
            foreach (var id in byId[place].DependsOn)
            {
                if (places.TryGetValue(id, out var parent) && !known.Contains(id))
                {
                    known.Add(id);
                    (children[parent] ??= []).Add(place);
                }
            }

            (parents[place], waiting[place]) = (known, known.Count);
        }

        var ordered = Order(byId, children, waiting);
        var graph = new NodeGraph(
            places, byId, parents, [.. children.Select(IReadOnlyList<string> (below) => below is null ? [] : below.ConvertAll(place => byId[place].UniqueId))], ordered);
        if (ordered.Count < byId.Length)
        {
            ReportCycle(graph, byId.Where((_, place) => waiting[place] > 0).Select(node => node.UniqueId).ToHashSet(), errors);
        }

        return graph;
    }

    private static List<Node> Order(Node[] nodes, List<int>?[] children, int[] waiting)
    {
        var ordered = new List<Node>(nodes.Length);
        var ready = new PriorityQueue<int, int>(Enumerable.Range(0, nodes.Length).Where(place => waiting[place] == 0).Select(place => (place, place)));
        while (ready.TryDequeue(out var next, out _))
        {
            ordered.Add(nodes[next]);
            foreach (var child in children[next] ?? [])
            {
                if (--waiting[child] == 0)
                {
                    ready.Enqueue(child, child);
                }
            }
        }

        return ordered;
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
}
