using System.Security.Cryptography;
using System.Text;

namespace Platform.Worker.Transform.Packages;

/// <summary>A package in a .tar.gz somewhere on the network, installed under the name that the entry gives it.</summary>
internal sealed record TarballPackage(SourceLocation At, string Url, string UnrenderedUrl, string ProjectName) : PackageSpec(At)
{
    public override string Kind => "tarball";

    public override string Name => Url;

    public override Task<PinnedPackage> ResolveAsync(PackageWorkspace workspace, CancellationToken cancellationToken) =>
        Task.FromResult<PinnedPackage>(new PinnedTarballPackage(At, this));
}

internal sealed class PinnedTarballPackage(SourceLocation at, TarballPackage package) : PinnedPackage(at)
{
    public override string Name => package.ProjectName;

    public override string VersionText => $"tarball (url: {package.Url})";

    public override SortedDictionary<string, object?> LockEntry() => new(StringComparer.Ordinal) { ["tarball"] = package.UnrenderedUrl };

    public override async Task<PlacedPackage> PlaceAsync(PackageWorkspace workspace, CancellationToken cancellationToken) =>
        new(package.ProjectName, await FetchAsync(workspace, cancellationToken));

    protected override async Task<PackageMetadata> FetchMetadataAsync(PackageWorkspace workspace, CancellationToken cancellationToken) =>
        workspace.ReadMetadata(await FetchAsync(workspace, cancellationToken), Name, At) with { ProjectName = package.ProjectName };

    private Task<string> FetchAsync(PackageWorkspace workspace, CancellationToken cancellationToken)
    {
        var folder = "tarball-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(package.Url)))[..16];
        return workspace.Tarballs.FetchAsync(package.Url, workspace.Folder(folder), Name, At, cancellationToken);
    }
}
