using NuGet.Versioning;

namespace Platform.Worker.Transform.Packages;

/// <summary>A package of the hub, <c>namespace/name</c>, within the versions that every asker allows.</summary>
internal sealed record HubPackage(SourceLocation At, string Package, IReadOnlyList<VersionConstraint> Versions, bool InstallPrerelease) : PackageSpec(At)
{
    public override string Kind => "hub";

    public override string Name => Package;

    public override async Task<PinnedPackage> ResolveAsync(PackageWorkspace workspace, CancellationToken cancellationToken)
    {
        var asked = string.Join(", ", Versions);
        if (!VersionConstraint.CanAllHold(Versions))
        {
            throw new TransformException(
                At, $"Version error for package {Package}: no version can meet all of {asked}. Loosen one of the ranges that ask for it.");
        }

        var listing = await workspace.Hub.PackageAsync(Package, At, cancellationToken);
        if (listing.MovedTo is { } moved)
        {
            workspace.Say(
                LogLevel.Warning, "PackageRedirectDeprecation",
                $"The `{Package}` package is deprecated in favor of `{moved}`. Please update your `packages.yml` configuration to use `{moved}` instead.");
        }

        var prereleases = InstallPrerelease || Versions.Any(version => version.IsPrerelease);
        var compatible = listing.Versions.Values
            .Where(version => (prereleases || !version.Number.IsPrerelease) && (!workspace.VersionCheck || version.AllowsEngine))
            .OrderBy(version => version.Number, VersionComparer.VersionRelease).ToList();
        var chosen = compatible.LastOrDefault(version => Versions.All(constraint => constraint.Allows(version.Number)));
        return chosen is null
            ? throw new TransformException(At, NotFound(asked, compatible, workspace.VersionCheck))
            : new PinnedHubPackage(At, Package, chosen, compatible[^1].Text);
    }

    protected override PackageSpec Merge(PackageSpec other) => this with { Versions = [.. Versions, .. ((HubPackage)other).Versions] };

    private string NotFound(string asked, IReadOnlyList<HubVersion> compatible, bool versionCheck) =>
        $"Could not find a matching compatible version for package {Package}\n  Requested range: {asked}\n"
        + $"  Compatible versions: {(compatible.Count == 0 ? "none" : string.Join(", ", compatible.Select(version => version.Text)))}\n"
        + (versionCheck
            ? "  Not shown: versions whose require-dbt-version excludes this engine; --no-version-check includes them."
            : "  Ask for one of these.");
}

internal sealed class PinnedHubPackage(SourceLocation at, string package, HubVersion release, string latestVersion) : PinnedPackage(at)
{
    public override string Name => package;

    /// <summary>The highest version that could be installed; another one than this is worth a notice.</summary>
    public string LatestVersion { get; } = latestVersion;

    public string Version => release.Text;

    public override string VersionText => $"version {release.Text}";

    public override SortedDictionary<string, object?> LockEntry() =>
        new(StringComparer.Ordinal) { ["package"] = package, ["version"] = release.Text };

    public override async Task<PlacedPackage> PlaceAsync(PackageWorkspace workspace, CancellationToken cancellationToken)
    {
        var folder = workspace.Folder($"hub-{package.Replace('/', '-')}-{release.Text}");
        return new PlacedPackage(release.ProjectName, await workspace.Tarballs.FetchAsync(release.Tarball, folder, $"{package}@{release.Text}", At, cancellationToken));
    }

    protected override Task<PackageMetadata> FetchMetadataAsync(PackageWorkspace workspace, CancellationToken cancellationToken) =>
        Task.FromResult(new PackageMetadata(release.ProjectName, release.Packages));
}
