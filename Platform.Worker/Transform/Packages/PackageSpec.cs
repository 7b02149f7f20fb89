namespace Platform.Worker.Transform.Packages;

/// <summary>A package that a project asks for, not yet resolved to one version.</summary>
internal abstract record PackageSpec(SourceLocation At)
{
    /// <summary>The entry as dbt serializes it, for the hash in package-lock.yml.</summary>
    public IReadOnlyDictionary<string, object?> Declared { get; init; } = new Dictionary<string, object?>();

    /// <summary>local, git, tarball or hub.</summary>
    public abstract string Kind { get; }

    public abstract string Name { get; }

    /// <summary>Every name under which another file may ask for the same package.</summary>
    public virtual IReadOnlyList<string> Names => [Name];

    /// <summary>This request and another one for the same package, together.</summary>
    public PackageSpec Incorporate(PackageSpec other) => other.GetType() == GetType()
        ? Merge(other)
        : throw new TransformException(
            other.At, $"the package '{other.Name}' is asked for as a {other.Kind} package, but {At} asks for it as a {Kind} package. Use one kind for both.");

    public abstract Task<PinnedPackage> ResolveAsync(PackageWorkspace workspace, CancellationToken cancellationToken);

    protected virtual PackageSpec Merge(PackageSpec other) => this;
}

/// <summary>A package of which one version is chosen.</summary>
internal abstract class PinnedPackage(SourceLocation at)
{
    private PackageMetadata? _metadata;

    /// <summary>The entry that asks for it.</summary>
    public SourceLocation At { get; } = at;

    public abstract string Name { get; }

    /// <summary>How the version is shown after "Installed from".</summary>
    public abstract string VersionText { get; }

    public virtual string? Subdirectory => null;

    public async Task<PackageMetadata> MetadataAsync(PackageWorkspace workspace, CancellationToken cancellationToken) =>
        _metadata ??= await FetchMetadataAsync(workspace, cancellationToken);

    /// <summary>The package's entry of package-lock.yml, without its project's name.</summary>
    public abstract SortedDictionary<string, object?> LockEntry();

    /// <summary>Brings the package's files into the workspace.</summary>
    public abstract Task<PlacedPackage> PlaceAsync(PackageWorkspace workspace, CancellationToken cancellationToken);

    protected abstract Task<PackageMetadata> FetchMetadataAsync(PackageWorkspace workspace, CancellationToken cancellationToken);
}

/// <summary>A package's project name and the packages that it asks for.</summary>
internal sealed record PackageMetadata(string ProjectName, IReadOnlyList<PackageSpec> Packages);

/// <summary>A package's files; linked to instead of moved when they are the user's own.</summary>
internal sealed record PlacedPackage(string ProjectName, string Directory, bool IsLink = false);
