namespace Platform.Worker.Transform.Packages;

/// <summary>Chooses a version of every package that a project needs, and of those that they need in turn.</summary>
internal static class PackageResolver
{
    /// <exception cref="TransformException">Requests contradict each other, a package cannot be had, or two have the same project name.</exception>
    public static async Task<IReadOnlyList<PinnedPackage>> ResolveAsync(
        IReadOnlyList<PackageSpec> requested, string rootName, PackageWorkspace workspace, CancellationToken cancellationToken)
    {
        var final = new PackageListing([]);
        var known = new Dictionary<PackageSpec, PinnedPackage>(ReferenceEqualityComparer.Instance);
        for (var pending = new PackageListing(requested).Packages; pending.Count > 0;)
        {
            var next = new List<PackageSpec>();
            foreach (var package in pending)
            {
                var asked = final.Incorporate(package);
                var pinned = known[asked] = await asked.ResolveAsync(workspace, cancellationToken);
                next.AddRange((await pinned.MetadataAsync(workspace, cancellationToken)).Packages);
            }

            pending = new PackageListing(next).Packages;
        }

        var resolved = final.Packages.Select(package => known[package]).ToList();
        await CheckNamesAsync(resolved, rootName, workspace, cancellationToken);
        return resolved;
    }

    /// <summary>The packages as they are asked for, without those that they need.</summary>
    public static async Task<IReadOnlyList<PinnedPackage>> PinAsync(
        IReadOnlyList<PackageSpec> packages, PackageWorkspace workspace, CancellationToken cancellationToken)
    {
        var pinned = new List<PinnedPackage>();
        foreach (var package in new PackageListing(packages).Packages)
        {
            pinned.Add(await package.ResolveAsync(workspace, cancellationToken));
        }

        return pinned;
    }

    private static async Task CheckNamesAsync(
        IReadOnlyList<PinnedPackage> packages, string rootName, PackageWorkspace workspace, CancellationToken cancellationToken)
    {
        var seen = new Dictionary<string, PinnedPackage>();
        foreach (var package in packages)
        {
            var name = (await package.MetadataAsync(workspace, cancellationToken)).ProjectName;
            if (name == rootName)
            {
                throw new TransformException(
                    package.At, $"Found a dependency with the same name as the root project \"{name}\": {package.Name}. Rename one of these projects.");
            }

            if (!seen.TryAdd(name, package))
            {
                throw new TransformException(
                    package.At,
                    $"Found duplicate project \"{name}\": {seen[name].Name} and {package.Name} are projects of the same name. Remove or rename one of them.");
            }
        }
    }
}
