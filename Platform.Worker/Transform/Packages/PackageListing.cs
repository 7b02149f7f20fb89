namespace Platform.Worker.Transform.Packages;

/// <summary>Requests for packages by name, those for the same package merged, in the order first asked for.</summary>
internal sealed class PackageListing
{
    private readonly OrderedDictionary<string, PackageSpec> _packages = [];

    public PackageListing(IEnumerable<PackageSpec> packages)
    {
        foreach (var package in packages)
        {
            Incorporate(package);
        }
    }

    public IReadOnlyList<PackageSpec> Packages => [.. _packages.Values];

    /// <returns>The merged request.</returns>
    public PackageSpec Incorporate(PackageSpec package)
    {
        var key = package.Names.FirstOrDefault(_packages.ContainsKey) ?? package.Name;
        return _packages[key] = _packages.TryGetValue(key, out var known) ? known.Incorporate(package) : package;
    }
}
