using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Run;

/// <summary>
/// What has to wait for what in one build. Nodes that do not run (not selected, ephemeral, sources) pass their dependencies on, so that what
/// reads a source waits for the tests of the source.
/// </summary>
internal sealed class RunGraph
{
    private readonly Dictionary<string, HashSet<string>> _parents = [];
    private readonly Dictionary<string, List<string>> _children = [];

    /// <param name="graph">All enabled nodes.</param>
    /// <param name="runs">Those that run.</param>
    /// <param name="waitsForTests">Whether models wait for the tests of what they read, as in <c>build</c>.</param>
    public RunGraph(NodeGraph graph, IReadOnlyDictionary<string, NodeRun> runs, bool waitsForTests = true)
    {
        var tests = waitsForTests ? TestEdges.Of(graph) : Array.Empty<string>().ToLookup(id => id);
        var reached = new Dictionary<string, HashSet<string>>();
        foreach (var id in waitsForTests ? TestsFirst(graph) : graph.Ordered.Select(node => node.UniqueId))
        {
            var parents = new HashSet<string>();
            foreach (var parent in graph.Parents(id).Concat(tests[id]))
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

            reached[id] = parents;
            if (runs.ContainsKey(id))
            {
                _parents[id] = parents;
            }
        }

        AddUnitTests(runs);
        Index();
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

    /// <summary>Every test right after the last node that it reads: before all that may wait for it.</summary>
    private static IEnumerable<string> TestsFirst(NodeGraph graph)
    {
        // The first list is of the tests that read nothing, those after it of the tests after each node.
        var tests = new List<string>?[graph.Ordered.Count + 1];
        var places = new Dictionary<string, int>();
        foreach (var node in graph.Ordered)
        {
            places.Add(node.UniqueId, places.Count + 1);
        }

        foreach (var test in graph.Ordered.Where(node => node.ResourceType is ResourceType.Test))
        {
            var last = 0;
            foreach (var parent in graph.Parents(test.UniqueId))
            {
                last = Math.Max(last, places[parent]);
            }

            (tests[last] ??= []).Add(test.UniqueId);
        }

        for (var place = 0; place < tests.Length; place++)
        {
            if (place > 0 && graph.Ordered[place - 1] is { ResourceType: not ResourceType.Test } node)
            {
                yield return node.UniqueId;
            }

            foreach (var test in tests[place] ?? [])
            {
                yield return test;
            }
        }
    }

    /// <summary>The unit tests of a model run one after the other between what the model waits for and the model; the first that fails is the last that runs.</summary>
    private void AddUnitTests(IReadOnlyDictionary<string, NodeRun> runs)
    {
        var byModel = runs.Values.Select(run => run.Node).Where(node => node.UnitTest is not null).GroupBy(node => node.UnitTest!.TestedNode);
        foreach (var tests in byModel.Where(tests => runs.ContainsKey(tests.Key)))
        {
            var before = _parents[tests.Key];
            foreach (var id in tests.Select(test => test.UniqueId).Order(StringComparer.Ordinal))
            {
                _parents[id] = before;
                before = [id];
            }

            _parents[tests.Key] = before;
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
