using Platform.Worker.Transform.Profiles;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Packages;

/// <summary>
/// <c>deps</c>: resolves the project's packages when the request has changed, writes package-lock.yml, and installs what it names.
/// </summary>
internal sealed class PackageInstaller(HttpClient client, TimeProvider time)
{
    public const string HubVariable = "DBT_PACKAGE_HUB_URL";

    /// <summary>Address of the package index. Default: the environment's DBT_PACKAGE_HUB_URL, else hub.getdbt.com.</summary>
    public Uri Hub { get; init; } = Environment.GetEnvironmentVariable(HubVariable) is { Length: > 0 } address
        ? new Uri(address.TrimEnd('/') + "/")
        : PackageHub.DefaultAddress;

    /// <exception cref="TransformException">A file is wrong, requests contradict each other, or a package cannot be had.</exception>
    public async Task RunAsync(DepsRequest request, IProgress<DepsMessage>? messages, CancellationToken cancellationToken)
    {
        var root = Path.GetFullPath(request.ProjectDirectory);
        var project = ReadProject(root);
        var renderer = new SecretRenderer(request.Vars);
        var installPath = Path.GetFullPath(Path.Combine(root, request.InstallPath ?? project.PackagesPath));
        var staging = Path.Combine(Path.GetDirectoryName(installPath)!, $".deps-{Guid.NewGuid():N}");
        using var workspace = new PackageWorkspace(request, staging, renderer, new PackageDownload(client, time, Secrets.Scrub), Hub, messages);

        if (request.AddPackage is { } added)
        {
            PackageAddition.Apply(root, added, request.Source, workspace);
        }

        var requested = PackageList.Read(root, renderer);
        if (requested.Count == 0)
        {
            workspace.Say(LogLevel.Warning, "DepsNoPackagesFound", "Warning: No packages were found in packages.yml");
            return;
        }

        if (request.Upgrade || !PackageLock.Answers(root, requested))
        {
            await LockAsync(root, project.Name, requested, workspace, cancellationToken);
        }

        if (!request.LockOnly)
        {
            await InstallAsync(PackageLock.Read(root, renderer), installPath, workspace, cancellationToken);
        }
    }

    private static async Task LockAsync(
        string root, string rootName, IReadOnlyList<PackageSpec> requested, PackageWorkspace workspace, CancellationToken cancellationToken)
    {
        var entries = new List<IReadOnlyDictionary<string, object?>>();
        foreach (var package in await PackageResolver.ResolveAsync(requested, rootName, workspace, cancellationToken))
        {
            var metadata = await package.MetadataAsync(workspace, cancellationToken);
            var entry = package.LockEntry();
            entry["name"] = metadata.ProjectName;
            entries.Add(entry);
        }

        var path = Path.Combine(root, PackageLock.FileName);
        PackageLock.Write(path, entries, requested);
        workspace.Say(LogLevel.Information, "DepsLockUpdating", $"Updating lock file in file path: {path}");
    }

    private static async Task InstallAsync(
        IReadOnlyList<PackageSpec> locked, string installPath, PackageWorkspace workspace, CancellationToken cancellationToken)
    {
        var placed = new List<PlacedPackage>();
        var outdated = new List<string>();
        foreach (var package in await PackageResolver.PinAsync(locked, workspace, cancellationToken))
        {
            workspace.Say(LogLevel.Information, "DepsStartPackageInstall", $"Installing {package.Name}");
            placed.Add(await package.PlaceAsync(workspace, cancellationToken));
            workspace.Say(LogLevel.Information, "DepsInstallInfo", $"Installed from {package.VersionText}");
            if (package is PinnedHubPackage hub)
            {
                var isLatest = hub.LatestVersion == hub.Version;
                workspace.Say(
                    LogLevel.Information, isLatest ? "DepsUpToDate" : "DepsUpdateAvailable",
                    isLatest ? "Up to date!" : $"Updated version available: {hub.LatestVersion}");
                if (!isLatest)
                {
                    outdated.Add(hub.Name);
                }
            }

            if (package.Subdirectory is { } subdirectory)
            {
                workspace.Say(LogLevel.Information, "DepsListSubdirectory", $"and subdirectory {subdirectory}");
            }
        }

        Replace(installPath, placed);
        if (outdated.Count > 0)
        {
            workspace.Say(
                LogLevel.Information,
                "DepsNotifyUpdatesAvailable",
                $"Updates available for packages: {string.Join(", ", outdated)}\nUpdate your versions in packages.yml, then run dbt deps");
        }
    }

    /// <summary>Puts the packages in place of the former ones; by now all of them are on this disk.</summary>
    private static void Replace(string installPath, IReadOnlyList<PlacedPackage> packages)
    {
        var targets = packages.Select(package => PackageWorkspace.Below(installPath, package.ProjectName, new SourceLocation(PackageLock.FileName))).ToList();
        if (Directory.Exists(installPath))
        {
            Directory.Delete(installPath, recursive: true);
        }

        Directory.CreateDirectory(installPath);
        foreach (var (package, target) in packages.Zip(targets))
        {
            if (package.IsLink)
            {
                Directory.CreateSymbolicLink(target, package.Directory);
            }
            else
            {
                Directory.Move(package.Directory, target);
            }
        }
    }

    private static ProjectFile ReadProject(string root)
    {
        var errors = new ProjectErrors();
        var path = new FileInfo(Path.Combine(root, ProjectFile.FileName));
        if (!path.Exists)
        {
            throw new TransformException(new SourceLocation(path.FullName), $"there is no dbt project here. Name the folder that holds {ProjectFile.FileName} with --project-dir.");
        }

        var file = new SourceFile(path.FullName, ProjectFile.FileName, File.ReadAllText(path.FullName), FileStamp.Of(path));
        var project = ProjectFile.Read(file, errors);
        errors.ThrowIfAny();
        return project!;
    }
}
