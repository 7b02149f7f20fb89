using System.Collections;
using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Run;

/// <summary>
/// The data tests that nodes of a <c>build</c> wait for, so that nothing is built on data that failed a test: a node waits for a test as soon
/// as everything the test reads is before it. Whoever comes later waits through that node, so it has no edge of its own.
/// </summary>
internal static class TestEdges
{
    /// <returns>The unique ids of the tests by the node that waits for them.</returns>
    public static ILookup<string, string> Of(NodeGraph graph)
    {
        var edges = new List<(string Test, string Node)>();
        var ofSeveral = new List<Node>();
        foreach (var test in graph.Ordered.Where(node => node.ResourceType is ResourceType.Test))
        {
            switch (graph.Parents(test.UniqueId))
            {
                case [var only]:
                    edges.AddRange(graph.Children(only).Where(child => Waits(graph[child])).Select(child => (test.UniqueId, child)));
                    break;
                case [_, ..]:
                    ofSeveral.Add(test);
                    break;
            }
        }

        if (ofSeveral.Count > 0)
        {
            AddTestsOfSeveral(graph, ofSeveral, edges);
        }

        return edges.ToLookup(edge => edge.Node, edge => edge.Test);
    }

    private static void AddTestsOfSeveral(NodeGraph graph, List<Node> tests, List<(string Test, string Node)> edges)
    {
        var nodes = graph.Ordered.Where(Waits).ToArray();
        var places = nodes.Select((node, place) => (node.UniqueId, place)).ToDictionary(entry => entry.UniqueId, entry => entry.place);
        var below = Descendants(graph, places);
        foreach (var test in tests)
        {
            var common = new BitArray(nodes.Length, defaultValue: true);
            foreach (var parent in graph.Parents(test.UniqueId))
            {
                common.And(below[parent]);
            }

            edges.AddRange(nodes
                .Where((node, place) => common[place] && !graph.Parents(node.UniqueId).Any(parent => places.TryGetValue(parent, out var above) && common[above]))
                .Select(node => (test.UniqueId, node.UniqueId)));
        }
    }

    /// <summary>By unique id: which of the nodes at these places depend on it, directly or through others.</summary>
    private static Dictionary<string, BitArray> Descendants(NodeGraph graph, Dictionary<string, int> places)
    {
        var below = new Dictionary<string, BitArray>();
        foreach (var node in graph.Ordered.Reverse().Where(node => node.ResourceType is not (ResourceType.Test or ResourceType.UnitTest)))
        {
            var all = new BitArray(places.Count);
            foreach (var child in graph.Children(node.UniqueId))
            {
                if (places.TryGetValue(child, out var place))
                {
                    all[place] = true;
                    all.Or(below[child]);
                }
            }

            below.Add(node.UniqueId, all);
        }

        return below;
    }

    private static bool Waits(Node node) =>
        node.ResourceType is ResourceType.Model or ResourceType.Seed or ResourceType.Snapshot or ResourceType.Analysis or ResourceType.Operation;
}
