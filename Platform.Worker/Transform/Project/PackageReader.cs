using System.Collections.Concurrent;

namespace Platform.Worker.Transform.Project;

/// <summary>
/// Finds and reads the files of a project and its installed packages. Files that have not changed since the last reading (same size and
/// time of writing) are not read again.
/// </summary>
internal sealed class PackageReader
{
    private readonly ConcurrentDictionary<string, SourceFile> _known = new(StringComparer.Ordinal);

    /// <returns>The root package first, then its packages in the order found.</returns>
    public IReadOnlyList<Package> Read(string directory, ProjectErrors errors)
    {
        var root = ReadPackage(Path.GetFullPath(directory), isRoot: true, errors);
        if (root is null)
        {
            return [];
        }

        var packages = new List<Package> { root };
        foreach (var found in PackageDirectories(root, errors))
        {
            if (ReadPackage(found, isRoot: false, errors) is not { } package)
            {
                continue;
            }

            if (packages.FirstOrDefault(other => other.Name == package.Name) is { } twin)
            {
                errors.Add(package.Project.At, $"two packages are named '{package.Name}': {twin.Root} and {package.Root}. Remove one.");
                continue;
            }

            packages.Add(package);
        }

        return packages;
    }

    private IEnumerable<string> PackageDirectories(Package root, ProjectErrors errors)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var installed = Path.Combine(root.Root, root.Project.PackagesPath);
        if (Directory.Exists(installed))
        {
            foreach (var directory in Directory.EnumerateDirectories(installed).Order(StringComparer.Ordinal))
            {
                if (File.Exists(Path.Combine(directory, ProjectFile.FileName)) && seen.Add(directory))
                {
                    // A local package is installed as a link, whatever its folder is named: it is not read a second time where it lies.
                    seen.Add(Directory.ResolveLinkTarget(directory, returnFinalTarget: true)?.FullName ?? directory);
                    yield return directory;
                }
            }
        }

        foreach (var list in new[] { "packages.yml", "dependencies.yml" })
        {
            var path = Path.Combine(root.Root, list);
            if (!File.Exists(path) || YamlValue.Read(ReadFile(path, root.Root), errors) is not { } yaml)
            {
                continue;
            }

            foreach (var local in yaml.List("packages", errors).Where(entry => entry["local"] is not null))
            {
                var directory = Path.GetFullPath(Path.Combine(root.Root, local.Text("local")!));
                var installedCopy = Path.Combine(installed, Path.GetFileName(directory));
                if (!seen.Contains(installedCopy) && seen.Add(directory))
                {
                    if (!File.Exists(Path.Combine(directory, ProjectFile.FileName)))
                    {
                        errors.Add(local.At, $"the local package '{local.Text("local")}' has no {ProjectFile.FileName} in {directory}.");
                        continue;
                    }

                    yield return directory;
                }
            }
        }
    }

    private Package? ReadPackage(string root, bool isRoot, ProjectErrors errors)
    {
        var path = Path.Combine(root, ProjectFile.FileName);
        if (!File.Exists(path))
        {
            errors.Add(new SourceLocation(path), $"there is no dbt project here. Set Transform:ProjectDirectory to the folder that holds {ProjectFile.FileName}.");
            return null;
        }

        var file = ReadFile(path, root);
        if (ProjectFile.Read(file, errors) is not { } project)
        {
            return null;
        }

        var resources = project.ModelPaths.Concat(project.SeedPaths).Concat(project.TestPaths).Concat(project.SnapshotPaths)
            .Concat(project.AnalysisPaths).Concat(project.MacroPaths).Distinct().ToList();
        return new Package(project, file, root, isRoot)
        {
            Models = Files(project.ModelPaths, ".sql"),
            Macros = [.. Files(project.MacroPaths, ".sql"), .. Files(project.TestPaths.Select(test => $"{test}/generic"), ".sql")],
            Tests = Files(project.TestPaths, ".sql").Where(file => !project.TestPaths.Any(
                test => file.Path.StartsWith($"{test}/generic/", StringComparison.Ordinal))).ToList(),
            Seeds = Files(project.SeedPaths, ".csv"),
            Properties = Files(resources, ".yml", ".yaml"),
            Docs = Files(project.DocsPaths.Count > 0 ? project.DocsPaths : resources, ".md"),
        };

        List<SourceFile> Files(IEnumerable<string> folders, params string[] extensions) =>
        [
            .. folders.Select(folder => Path.Combine(root, folder)).Where(Directory.Exists)
                .SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
                .Where(file => extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
                .Distinct().Order(StringComparer.Ordinal)
                .AsParallel().AsOrdered().Select(file => ReadFile(file, root)),
        ];
    }

    private SourceFile ReadFile(string fullPath, string root)
    {
        var stamp = FileStamp.Of(new FileInfo(fullPath));
        if (_known.TryGetValue(fullPath, out var before) && before.Stamp == stamp)
        {
            return before;
        }

        // A seed's rows go straight from the file to COPY; only its place and stamp are kept.
        var isSeed = Path.GetExtension(fullPath).Equals(".csv", StringComparison.OrdinalIgnoreCase);
        var text = isSeed ? "" : File.ReadAllText(fullPath).ReplaceLineEndings("\n");
        var file = new SourceFile(fullPath, Path.GetRelativePath(root, fullPath).Replace('\\', '/'), text, stamp);
        return _known[fullPath] = file;
    }
}
