using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Project;

/// <summary>
/// What <c>ref()</c> means: by name, in the root project, then in the package that asks, then anywhere; without a version it means a model's
/// latest (https://docs.getdbt.com/reference/dbt-jinja-functions/ref).
/// </summary>
internal sealed class RefIndex
{
    private readonly Dictionary<(string? Package, string Name, string? Version), Node> _nodes = [];
    private readonly ILookup<(string Package, string Name), Node> _versions;
    private readonly string _root;
    private readonly bool _searchesOwnPackageFirst;

    public RefIndex(IEnumerable<Node> nodes, ProjectFile root)
    {
        _root = root.Name;
        _searchesOwnPackageFirst = root.Flag("require_ref_searches_node_package_before_root");
        var referable = nodes.Where(node => node.IsReferable).ToList();
        _versions = referable.Where(node => node.Version is not null).ToLookup(node => (node.PackageName, node.Name));
        foreach (var node in referable)
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

    public Node? Find(string? package, string name, string? version, string fromPackage)
    {
        if (package is not null)
        {
            return _nodes.GetValueOrDefault((package, name, version));
        }

        var (first, second) = _searchesOwnPackageFirst ? (fromPackage, _root) : (_root, fromPackage);
        return _nodes.GetValueOrDefault((first, name, version)) ?? _nodes.GetValueOrDefault((second, name, version))
            ?? _nodes.GetValueOrDefault((null, name, version));
    }

    /// <summary>All versions of a model.</summary>
    public IEnumerable<Node> Versions(Node node) => _versions[(node.PackageName, node.Name)];

    private void Add(Node node, string? version)
    {
        _nodes.TryAdd((node.PackageName, node.Name, version), node);
        _nodes.TryAdd((null, node.Name, version), node);
    }
}
