using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Project;

/// <summary>A project that was read without an error: its nodes, their graph, and what renders them. Immutable; shared by builds.</summary>
internal sealed record ParsedProject
{
    private readonly Lazy<Dictionary<(string Source, string Table), Node>> _sources;

    public ParsedProject() => _sources = new(() => Graph!.Ordered.Where(node => node.Source is not null)
        .GroupBy(node => (node.Source!.SourceName, node.Name)).ToDictionary(group => group.Key, group => group.First()));

    /// <summary>What parsing used; a build renders with a copy that carries its own id, time and variables.</summary>
    public required Invocation Invocation { get; init; }

    /// <summary>Every enabled resource.</summary>
    public required NodeGraph Graph { get; init; }

    public required Properties Properties { get; init; }

    /// <summary>Faults that dbt only warns of, such as properties of a model that does not exist.</summary>
    public required IReadOnlyList<TransformError> Warnings { get; init; }

    /// <summary>The statements of on-run-start and on-run-end, as dbt orders them: the root project's, then those of its packages by name.</summary>
    public required IReadOnlyList<Node> OnRunStart { get; init; }

    public required IReadOnlyList<Node> OnRunEnd { get; init; }

    /// <summary>Resources that are switched off.</summary>
    public IReadOnlyList<Node> Disabled { get; init; } = [];

    /// <summary>Groups by unique id.</summary>
    public IReadOnlyDictionary<string, GroupDefinition> Groups { get; init; } = new Dictionary<string, GroupDefinition>();

    /// <summary>The group that a node is in, or whose model a test is of.</summary>
    public GroupDefinition? GroupOf(Node? node) => node?.Group is { } name ? Groups.Values.FirstOrDefault(group => group.Name == name) : null;

    /// <summary>Every macro, the global project's too, by unique id.</summary>
    public IReadOnlyDictionary<string, MacroNode> Macros { get; init; } = new Dictionary<string, MacroNode>();

    /// <summary>Docs blocks by unique id.</summary>
    public IReadOnlyDictionary<string, DocsBlock> Docs { get; init; } = new Dictionary<string, DocsBlock>();

    /// <summary>The root project's selectors.yml; null when there is none.</summary>
    public YamlValue? Selectors { get; init; }

    /// <summary>What names in <c>ref()</c> mean.</summary>
    public required RefIndex References { get; init; }

    public ProjectFile Root => Invocation.Packages[0].Project;

    /// <summary>The node that <c>ref()</c> means; null when there is none.</summary>
    public Node? FindRef(string? package, string name, string? version, string fromPackage) =>
        References.Find(package, name, version, fromPackage) is { } node ? Graph[node.UniqueId] : null;

    public Node? FindSource(string source, string table, string fromPackage)
    {
        foreach (var package in (string[])[Root.Name, fromPackage])
        {
            var id = $"source.{package}.{source}.{table}";
            if (Graph.Contains(id))
            {
                return Graph[id];
            }
        }

        return _sources.Value.GetValueOrDefault((source, table));
    }
}
