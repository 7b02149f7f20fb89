using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Catalog;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Project;
using Platform.Worker.Transform.Run.Tests;
using Platform.Worker.Transform.State;

namespace Platform.Worker.Transform.Run;

/// <summary>One build: the project, what of it is built, where, and what has come of it so far.</summary>
internal sealed class BuildState
{
    private readonly Dictionary<string, NodeRun> _runs;
    private readonly Lazy<Value> _graph;
    private readonly Lazy<Value> _flags;

    /// <param name="project">The parsed project.</param>
    /// <param name="invocation">The project's invocation with this build's id, time and variables.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="selected">Unique ids of the nodes to build.</param>
    /// <param name="candidates">Where candidates go; null in a plain build.</param>
    public BuildState(ParsedProject project, Invocation invocation, BuildRequest request, IReadOnlySet<string> selected, CandidateNames? candidates)
    {
        (Project, Invocation, Request, Selected, Candidates) = (project, invocation, request, selected, candidates);
        Relations = new RelationCache(invocation.Target.Database);
        _graph = new Lazy<Value>(() => ProjectGraph.Of(project));
        _flags = new Lazy<Value>(invocation.Flags.ToValue);
        _runs = project.Graph.Ordered.Where(node => selected.Contains(node.UniqueId)).ToDictionary(node => node.UniqueId, node =>
        {
            var published = PublishedRelation(node);
            return new NodeRun(node, node.IsRelational && node.Source is null && candidates is not null ? candidates.For(node) : published, published)
            {
                KeepsFailures = StoredFailures.Keeps(node, invocation.Flags),
            };
        });
    }

    public ParsedProject Project { get; }

    public Invocation Invocation { get; }

    public BuildRequest Request { get; }

    public IReadOnlySet<string> Selected { get; }

    public CandidateNames? Candidates { get; }

    public RelationCache Relations { get; }

    /// <summary>What macros see as <c>graph</c>.</summary>
    public Value Graph => _graph.Value;

    /// <summary>What macros see as <c>flags</c>.</summary>
    public Value Flags => _flags.Value;

    /// <summary>Artifacts of an earlier run, as given with <c>--state</c>.</summary>
    public PreviousState? State { get; init; }

    /// <summary>Rollups that hold, until this build publishes, what the published facts do.</summary>
    public IReadOnlySet<(string Schema, string Name)> PublishedRollups { get; set; } = new HashSet<(string, string)>();

    /// <summary>Refs that read another state; null when nothing is deferred.</summary>
    public Deferral? Deferral { get; init; }

    /// <summary>Told of every statement that a node sends, before it is sent; called from several threads.</summary>
    public Action<NodeRun, string>? OnStatement { get; set; }

    public bool BuildsCandidates => Candidates is not null;

    /// <summary>True when nothing was left out by selection: only then is a published model without a node known to be gone.</summary>
    public bool IsWhole => Request.Select.Count == 0 && Request.Exclude.Count == 0;

    /// <summary>The nodes of this build in dependency order.</summary>
    public IEnumerable<NodeRun> Runs => Project.Graph.Ordered.Where(node => _runs.ContainsKey(node.UniqueId)).Select(node => _runs[node.UniqueId]);

    /// <summary>The hooks of on-run-start and on-run-end that were run or skipped, by unique id.</summary>
    public Dictionary<string, NodeRun> Hooks { get; } = [];

    public NodeRun? Find(string uniqueId) => _runs.GetValueOrDefault(uniqueId);

    /// <summary>Where the node is. A part that is not quoted has the case that PostgreSQL gives it, so that the catalogue knows it by that name.</summary>
    public static Relation PublishedRelation(Node node)
    {
        var quoting = node.Quoting;
        return new Relation(node.Database, Folded(node.Schema, quoting.Schema), Folded(node.Alias, quoting.Identifier))
        {
            QuoteDatabase = quoting.Database, QuoteSchema = quoting.Schema, QuoteIdentifier = quoting.Identifier,
        };

        static string Folded(string name, bool quoted) => quoted ? name : name.ToLowerInvariant();
    }

    /// <summary>What <c>ref()</c> of a node renders in this build: its candidate when it is built, what readers see when it is not.</summary>
    public Relation Resolve(Node node)
    {
        if (node.ResourceType is ResourceType.Model && node.Config.Materialized == "ephemeral")
        {
            return new Relation(null, null, EphemeralCtes.NameOf(node), RelationType.Cte);
        }

        return Find(node.UniqueId)?.Relation ?? PublishedRelation(node);
    }
}
