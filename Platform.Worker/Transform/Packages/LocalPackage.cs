namespace Platform.Worker.Transform.Packages;

/// <summary>A package in a folder; the path is relative to the root project, also when a package asks for it.</summary>
internal sealed record LocalPackage(SourceLocation At, string Path) : PackageSpec(At)
{
    public override string Kind => "local";

    public override string Name => Path;

    public override Task<PinnedPackage> ResolveAsync(PackageWorkspace workspace, CancellationToken cancellationToken) =>
        Task.FromResult<PinnedPackage>(new PinnedLocalPackage(At, Path));
}

internal sealed class PinnedLocalPackage(SourceLocation at, string path) : PinnedPackage(at)
{
    public override string Name => path;

    public override string VersionText => $"<local @ {path}>";

    public override SortedDictionary<string, object?> LockEntry() => new(StringComparer.Ordinal) { ["local"] = path };

    public override async Task<PlacedPackage> PlaceAsync(PackageWorkspace workspace, CancellationToken cancellationToken)
    {
        var metadata = await MetadataAsync(workspace, cancellationToken);
        return new PlacedPackage(metadata.ProjectName, Folder(workspace), IsLink: true);
    }

    protected override Task<PackageMetadata> FetchMetadataAsync(PackageWorkspace workspace, CancellationToken cancellationToken) =>
        Task.FromResult(workspace.ReadMetadata(Folder(workspace), Name, At));

    private string Folder(PackageWorkspace workspace) => System.IO.Path.GetFullPath(System.IO.Path.Combine(workspace.ProjectRoot, path));
}
