using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Project;

/// <summary>
/// What <c>ref()</c> means: by name, in the package that asks, then in the root project, then anywhere; without a version it means a model's
/// latest (https://docs.getdbt.com/reference/dbt-jinja-functions/ref).
/// </summary>
internal sealed class RefIndex
{
    private readonly Dictionary<(string? Package, string Name, string? Version), Node> _nodes = [];
    private readonly string _root;

    public RefIndex(IEnumerable<Node> nodes, string root)
    {
        _root = root;
        foreach (var node in nodes.Where(node => node.IsReferable))
        {
            if (node.Version is not null)
            {
                Add(node, node.Version);
            }

            if (node.Version is null || node.IsLatestVersion)
            {
                Add(node, null);
            }
        }
    }

    public Node? Find(string? package, string name, string? version, string fromPackage) => package is not null
        ? _nodes.GetValueOrDefault((package, name, version))
        : _nodes.GetValueOrDefault((fromPackage, name, version)) ?? _nodes.GetValueOrDefault((_root, name, version))
            ?? _nodes.GetValueOrDefault((null, name, version));

    private void Add(Node node, string? version)
    {
        _nodes.TryAdd((node.PackageName, node.Name, version), node);
        _nodes.TryAdd((null, node.Name, version), node);
    }
}
