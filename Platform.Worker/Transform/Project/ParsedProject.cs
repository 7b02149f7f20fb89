using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Project;

/// <summary>A project that was read without an error: its nodes, their graph, and what renders them. Immutable; shared by builds.</summary>
internal sealed record ParsedProject
{
    /// <summary>What parsing used; a build renders with a copy that carries its own id, time and variables.</summary>
    public required Invocation Invocation { get; init; }

    public required NodeGraph Graph { get; init; }

    public required Properties Properties { get; init; }

    /// <summary>Faults that dbt only warns of, such as properties of a model that does not exist.</summary>
    public required IReadOnlyList<TransformError> Warnings { get; init; }

    /// <summary>The statements of on-run-start and on-run-end, packages' before the root project's.</summary>
    public required IReadOnlyList<Node> OnRunStart { get; init; }

    public required IReadOnlyList<Node> OnRunEnd { get; init; }

    private readonly Lazy<Dictionary<(string? Package, string Name), Node>> _byName;

    public ParsedProject() => _byName = new(() =>
    {
        var nodes = new Dictionary<(string?, string), Node>();
        foreach (var node in Graph!.Ordered.Where(node => node.ResourceType is ResourceType.Model or ResourceType.Seed))
        {
            nodes[(node.PackageName, node.Name)] = node;
            nodes[(null, node.Name)] = node;
        }

        return nodes;
    });

    public ProjectFile Root => Invocation.Packages[0].Project;

    public Node? FindRef(string? package, string name, string fromPackage) => package is not null
        ? _byName.Value.GetValueOrDefault((package, name))
        : _byName.Value.GetValueOrDefault((fromPackage, name)) ?? _byName.Value.GetValueOrDefault((Root.Name, name))
            ?? _byName.Value.GetValueOrDefault((null, name));

    public Node? FindSource(string source, string table, string fromPackage)
    {
        foreach (var package in (string[])[fromPackage, Root.Name])
        {
            var id = $"source.{package}.{source}.{table}";
            if (Graph.Contains(id))
            {
                return Graph[id];
            }
        }

        return Graph.Ordered.FirstOrDefault(node => node.Source?.SourceName == source && node.Name == table);
    }
}
