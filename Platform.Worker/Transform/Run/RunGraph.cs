using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Run;

/// <summary>
/// What has to wait for what in one build. Nodes that do not run (not selected, ephemeral) pass their dependencies on, and models wait
/// for the tests of what they read, so that nothing is built on data that failed a test.
/// </summary>
internal sealed class RunGraph
{
    private readonly Dictionary<string, HashSet<string>> _parents = [];
    private readonly Dictionary<string, List<string>> _children = [];

    public RunGraph(NodeGraph graph, IReadOnlyDictionary<string, NodeRun> runs)
    {
        var reached = new Dictionary<string, HashSet<string>>();
        foreach (var node in graph.Ordered)
        {
            var parents = new HashSet<string>();
            foreach (var parent in graph.Parents(node.UniqueId))
            {
                if (runs.ContainsKey(parent))
                {
                    parents.Add(parent);
                }
                else
                {
                    parents.UnionWith(reached[parent]);
                }
            }

            reached[node.UniqueId] = parents;
            if (runs.ContainsKey(node.UniqueId))
            {
                _parents[node.UniqueId] = parents;
            }
        }

        AddUnitTestEdges(graph, runs, reached);
        Index();
        AddTestEdges(runs);
    }

    public IReadOnlyCollection<string> Parents(string id) => _parents[id];

    public IReadOnlyList<string> Children(string id) => _children.TryGetValue(id, out var children) ? children : [];

    /// <summary>
    /// For each node the number of steps of the longest way to it from a start, and from it to an end: dbt runs what has fewer steps before it
    /// first, and of those the one that others wait for longest is first here.
    /// </summary>
    public Dictionary<string, (int Level, int Height)> Places()
    {
        var levels = new Dictionary<string, int>();
        var heights = new Dictionary<string, int>();
        return _parents.Keys.ToDictionary(id => id, id => (Longest(id, Parents, levels), Longest(id, Children, heights)));

        static int Longest(string id, Func<string, IEnumerable<string>> next, Dictionary<string, int> known)
        {
            if (!known.TryGetValue(id, out var steps))
            {
                foreach (var other in next(id))
                {
                    steps = Math.Max(steps, Longest(other, next, known) + 1);
                }

                known[id] = steps;
            }

            return steps;
        }
    }

    /// <summary>A unit test needs what its model reads, and the model waits for it.</summary>
    private void AddUnitTestEdges(NodeGraph graph, IReadOnlyDictionary<string, NodeRun> runs, Dictionary<string, HashSet<string>> reached)
    {
        foreach (var (id, run) in runs.Where(entry => entry.Value.Node.UnitTest is not null))
        {
            var model = run.Node.UnitTest!.TestedNode;
            if (runs.ContainsKey(model))
            {
                _parents[id] = [.. graph.Parents(model).SelectMany(parent => runs.ContainsKey(parent) ? [parent] : reached[parent])];
                _parents[model].Add(id);
            }
        }
    }

    private void AddTestEdges(IReadOnlyDictionary<string, NodeRun> runs)
    {
        var ancestors = new Dictionary<string, HashSet<string>>();
        var added = new List<(string Test, string Model)>();
        foreach (var (id, run) in runs.Where(entry => entry.Value.Node.ResourceType is ResourceType.Test))
        {
            var needed = _parents[id];
            var candidates = needed.Count == 1 ? Children(needed.First()) : needed.SelectMany(Descendants).Distinct();
            foreach (var model in candidates.Where(child => child != id && runs[child].Node.ResourceType is not ResourceType.Test))
            {
                // A model that reads all the test reads waits for it; any other way round there would be a circle.
                if (needed.Count == 1 || needed.All(Ancestors(model).Contains))
                {
                    added.Add((id, model));
                }
            }
        }

        foreach (var (test, model) in added)
        {
            _parents[model].Add(test);
        }

        Index();

        HashSet<string> Ancestors(string id)
        {
            if (!ancestors.TryGetValue(id, out var all))
            {
                all = [.. _parents[id], .. _parents[id].SelectMany(Ancestors)];
                ancestors[id] = all;
            }

            return all;
        }

        HashSet<string> Descendants(string id)
        {
            var all = new HashSet<string>();
            var frontier = new Stack<string>([id]);
            while (frontier.TryPop(out var next))
            {
                foreach (var child in Children(next).Where(all.Add))
                {
                    frontier.Push(child);
                }
            }

            return all;
        }
    }

    private void Index()
    {
        _children.Clear();
        foreach (var (id, parents) in _parents)
        {
            foreach (var parent in parents)
            {
                if (!_children.TryGetValue(parent, out var children))
                {
                    _children[parent] = children = [];
                }

                children.Add(id);
            }
        }
    }
}
