using System.Security.Cryptography;
using System.Text;

namespace Platform.Worker.Transform.Packages;

/// <summary>A package in a git repository: the default branch, or a branch, tag or commit of it, or a folder in it.</summary>
/// <param name="At">The entry that asks for it.</param>
/// <param name="Url">What git clones.</param>
/// <param name="LockKeys">How the lock names the repository: as written, so that secrets from the environment stay out of it.</param>
/// <param name="Revisions">The branches, tags or commits asked for.</param>
/// <param name="WarnUnpinned">Warn when that is a branch that moves.</param>
/// <param name="Subdirectory">The project's folder in the repository.</param>
internal sealed record GitPackage(
    SourceLocation At, string Url, IReadOnlyDictionary<string, object?> LockKeys, IReadOnlyList<string> Revisions, bool WarnUnpinned, string? Subdirectory)
    : PackageSpec(At)
{
    public override string Kind => "git";

    public override string Name => WithSubdirectory(Url);

    public override IReadOnlyList<string> Names =>
        [Name, WithSubdirectory(Url.EndsWith(".git", StringComparison.Ordinal) ? Url[..^4] : Url + ".git")];

    public override Task<PinnedPackage> ResolveAsync(PackageWorkspace workspace, CancellationToken cancellationToken)
    {
        var asked = Revisions.Distinct().ToList();
        return asked.Count <= 1
            ? Task.FromResult<PinnedPackage>(new PinnedGitPackage(At, this, asked.Count == 0 ? PinnedGitPackage.DefaultRevision : asked[0]))
            : throw new TransformException(
                At,
                Profiles.Secrets.Scrub($"the git package '{Name}' is asked for in several revisions: {string.Join(", ", asked)}. ")
                + "Give all of them the same revision in packages.yml.");
    }

    protected override PackageSpec Merge(PackageSpec other) => this with
    {
        Revisions = [.. Revisions, .. ((GitPackage)other).Revisions],
        WarnUnpinned = WarnUnpinned && ((GitPackage)other).WarnUnpinned,
    };

    private string WithSubdirectory(string url) => Subdirectory is null ? url : $"{url}/{Subdirectory}";
}

internal sealed class PinnedGitPackage(SourceLocation at, GitPackage package, string revision) : PinnedPackage(at)
{
    public const string DefaultRevision = "HEAD";

    private string? _commit;

    public override string Name => package.Name;

    public override string VersionText => revision == DefaultRevision ? "HEAD (default revision)" : $"revision {revision}";

    public override string? Subdirectory => package.Subdirectory;

    public override SortedDictionary<string, object?> LockEntry()
    {
        var entry = new SortedDictionary<string, object?>(StringComparer.Ordinal) { ["revision"] = _commit ?? revision };
        foreach (var (key, value) in package.LockKeys)
        {
            entry[key] = value;
        }

        if (Subdirectory is not null)
        {
            entry["subdirectory"] = Subdirectory;
        }

        return entry;
    }

    public override async Task<PlacedPackage> PlaceAsync(PackageWorkspace workspace, CancellationToken cancellationToken)
    {
        var metadata = await MetadataAsync(workspace, cancellationToken);
        return new PlacedPackage(metadata.ProjectName, Folder(workspace));
    }

    protected override async Task<PackageMetadata> FetchMetadataAsync(PackageWorkspace workspace, CancellationToken cancellationToken)
    {
        var fetched = Checkout(workspace, revision);
        _commit = await workspace.Git.CheckoutAsync(package.Url, revision, fetched, Name, At, cancellationToken);
        if (_commit != revision && !Directory.Exists(Checkout(workspace, _commit)))
        {
            // Installing asks for the commit that the lock names: it is here already.
            Directory.Move(fetched, Checkout(workspace, _commit));
        }

        if (package.WarnUnpinned && revision is (DefaultRevision or "main" or "master"))
        {
            var how = revision == DefaultRevision ? "not pinned, using HEAD (default branch)" : $"pinned to the \"{revision}\" branch";
            workspace.Say(
                LogLevel.Warning,
                "DepsUnpinned",
                $"The git package \"{package.Url}\" is {how}. This can introduce breaking changes into your project without warning! "
                + "Give it a tag or a commit as revision (https://docs.getdbt.com/docs/build/packages#git-packages).");
        }

        return workspace.ReadMetadata(Folder(workspace), Name, At);
    }

    private string Folder(PackageWorkspace workspace) => Subdirectory is null
        ? Checkout(workspace, _commit!)
        : PackageWorkspace.Below(Checkout(workspace, _commit!), Subdirectory, At);

    private string Checkout(PackageWorkspace workspace, string at) =>
        workspace.Folder("git-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Name}@{at}")))[..16]);
}
