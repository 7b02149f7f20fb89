using System.Collections.Concurrent;
using System.IO.Enumeration;
using Platform.Worker.Transform.Compile;

namespace Platform.Worker.Transform.Project;

/// <summary>
/// Finds and reads the files of a project and its installed packages. Files that have not changed since the last reading (same size and
/// time of writing) are not read again.
/// </summary>
internal sealed class PackageReader
{
    private static readonly string[] PackageLists = ["packages.yml", "dependencies.yml"];

    private static readonly EnumerationOptions Everything = new() { RecurseSubdirectories = true, AttributesToSkip = 0 };

    private readonly ConcurrentDictionary<(string FullPath, string Folder), SourceFile> _known = new();

    /// <param name="directory">Folder of the root project.</param>
    /// <param name="context">Renders dbt_project.yml.</param>
    /// <param name="errors">Takes what is wrong.</param>
    /// <param name="joined">Packages beside those that the project lists.</param>
    /// <returns>The root package first, then its packages in the order found.</returns>
    public IReadOnlyList<Package> Read(string directory, ProjectContext context, ProjectErrors errors, IReadOnlyList<JoinedPackage>? joined = null)
    {
        var root = ReadPackage(Path.GetFullPath(directory), isRoot: true, context, errors);
        if (root is null)
        {
            return [];
        }

        var packages = new List<Package> { root };
        foreach (var (found, isInstalled) in PackageDirectories(root, errors))
        {
            if (ReadPackage(found, isRoot: false, context, errors) is not { } package)
            {
                continue;
            }

            if (packages.FirstOrDefault(other => other.Name == package.Name) is { } twin)
            {
                if (!isInstalled)
                {
                    // The installed copy of a local package counts.
                    continue;
                }

                errors.Add(package.Project.At, $"two packages are named '{package.Name}': {twin.Root} and {package.Root}. Remove one.");
                continue;
            }

            packages.Add(package);
        }

        CheckInstalled(root, packages.Count - 1, errors);
        foreach (var join in joined ?? [])
        {
            if (ReadPackage(Path.GetFullPath(join.Directory), isRoot: false, context, errors) is not { } package)
            {
                continue;
            }

            if (packages.FirstOrDefault(other => other.Name == package.Name) is { } twin)
            {
                errors.Add(
                    new SourceLocation(package.File.FullPath),
                    $"a project named '{package.Name}' is in {twin.Root} already. Give this one another name.");
                continue;
            }

            packages.Add(package with { Properties = [.. package.Properties, .. Made(package, join)] });
        }

        return packages;
    }

    private IEnumerable<SourceFile> Made(Package package, JoinedPackage join)
    {
        var folder = package.Project.ModelPaths is [var first, ..] ? first : "models";
        var there = package.Properties.Select(file => Path.GetFileName(file.Path)).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, text) in join.Properties.Where(made => !there.Contains(made.Key)))
        {
            var path = $"{folder}/{name}";
            var key = (Path.Combine(package.Root, path), folder);
            if (!_known.TryGetValue(key, out var file) || file.Text != text)
            {
                _known[key] = file = new SourceFile(key.Item1, path, text, new FileStamp(text.Length, 0)) { Folder = folder };
            }

            yield return file;
        }
    }

    /// <summary>dbt's own check: as many packages as are listed have to be there.</summary>
    private void CheckInstalled(Package root, int installed, ProjectErrors errors)
    {
        var listed = PackageLists.Select(name => ReadIfThere(root.Root, name)).OfType<SourceFile>()
            .Sum(file => YamlValue.Read(file, errors)?["packages"]?.Items?.Count ?? 0);
        if (listed > installed)
        {
            errors.Add(
                new SourceLocation("packages.yml"),
                $"{listed} package(s) are listed and {installed} are installed in {root.Project.PackagesPath}. Run 'transform deps'.");
        }
    }

    private IEnumerable<(string Directory, bool IsInstalled)> PackageDirectories(Package root, ProjectErrors errors)
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
                    yield return (directory, true);
                }
            }
        }

        foreach (var list in PackageLists)
        {
            if (ReadIfThere(root.Root, list) is not { } file || YamlValue.Read(file, errors) is not { } yaml)
            {
                continue;
            }

            foreach (var local in yaml.List("packages", errors).Where(entry => entry["local"] is not null))
            {
                var directory = Path.GetFullPath(Path.Combine(root.Root, local.Text("local")!));
                if (seen.Add(directory))
                {
                    if (!File.Exists(Path.Combine(directory, ProjectFile.FileName)))
                    {
                        errors.Add(local.At, $"the local package '{local.Text("local")}' has no {ProjectFile.FileName} in {directory}.");
                        continue;
                    }

                    yield return (directory, false);
                }
            }
        }
    }

    private Package? ReadPackage(string root, bool isRoot, ProjectContext context, ProjectErrors errors)
    {
        if (ReadIfThere(root, ProjectFile.FileName) is not { } file)
        {
            errors.Add(
                new SourceLocation(Path.Combine(root, ProjectFile.FileName)),
                $"there is no dbt project here. Set Transform:ProjectDirectory to the folder that holds {ProjectFile.FileName}.");
            return null;
        }

        var varsFile = ReadIfThere(root, "vars.yml");
        if (new ProjectFileReader(context, errors).Read(file, varsFile) is not { } project)
        {
            return null;
        }

        var ignored = ReadIfThere(root, IgnoreFile.FileName) is { } ignore ? new IgnoreFile(ignore.Text.Split('\n')) : null;
        var listings = new Dictionary<string, List<FoundFile>>(StringComparer.Ordinal);
        var generic = project.TestPaths.Select(test => $"{test}/generic").ToList();
        var fixtures = project.TestPaths.Select(test => $"{test}/fixtures").ToList();
        var resources = project.ModelPaths.Concat(project.SeedPaths).Concat(project.TestPaths).Concat(project.SnapshotPaths)
            .Concat(project.AnalysisPaths).Concat(project.MacroPaths).Distinct().ToList();
        foreach (var python in Found(project.ModelPaths, ".py"))
        {
            errors.Add(
                new SourceLocation(python.Path),
                "Python models cannot run on PostgreSQL. Rewrite it in SQL, or list the file in .dbtignore.");
        }

        return new Package(project, file, root, isRoot)
        {
            Models = Files(project.ModelPaths, ".sql"),
            Analyses = Files(project.AnalysisPaths, ".sql"),
            Snapshots = Files(project.SnapshotPaths, ".sql"),
            Macros = [.. Files(project.MacroPaths, ".sql"), .. Files(generic, ".sql")],
            Tests = Texts(Found(project.TestPaths, ".sql").Where(test => !IsBelow(test.Path, generic) && !IsBelow(test.Path, fixtures))),
            Seeds = Files(project.SeedPaths, ".csv"),
            Fixtures = Files(fixtures, ".csv", ".sql"),
            Properties = Files(resources, ".yml", ".yaml"),
            Docs = Files(project.DocsPaths.Count > 0 ? project.DocsPaths : resources, ".md"),
            Selectors = ReadIfThere(root, "selectors.yml"),
            VarsFile = varsFile,
        };

        static bool IsBelow(string path, IEnumerable<string> folders) => folders.Any(folder => path.StartsWith(folder + "/", StringComparison.Ordinal));

        IEnumerable<FoundFile> Found(IEnumerable<string> folders, params string[] extensions) => folders
            .SelectMany(folder => listings.TryGetValue(folder, out var listing) ? listing : listings[folder] = List(root, folder, ignored))
            .Where(found => extensions.Contains(Path.GetExtension(found.Path), StringComparer.OrdinalIgnoreCase))
            .DistinctBy(found => found.Path);

        List<SourceFile> Files(IEnumerable<string> folders, params string[] extensions) => Texts(Found(folders, extensions));

        List<SourceFile> Texts(IEnumerable<FoundFile> found) =>
            [.. found.OrderBy(file => file.Path, StringComparer.Ordinal).ToList().InParallel(Read)];
    }

    private static List<FoundFile> List(string root, string folder, IgnoreFile? ignored)
    {
        var directory = Path.Combine(root, folder);
        if (!Directory.Exists(directory))
        {
            return [];
        }

        return
        [
            .. new FileSystemEnumerable<FoundFile>(
                directory,
                (ref entry) =>
                {
                    var full = entry.ToFullPath();
                    return new FoundFile(
                        full, Path.GetRelativePath(root, full).Replace('\\', '/'), folder, new FileStamp(entry.Length, entry.LastWriteTimeUtc.Ticks));
                },
                Everything)
            {
                // Editors leave files such as .#model.sql and ~model.sql behind.
                ShouldIncludePredicate = (ref entry) => !entry.IsDirectory && entry.FileName[0] is not ('.' or '#' or '~'),
            }.Where(found => ignored?.Ignores(found.Path) is not true),
        ];
    }

    private SourceFile? ReadIfThere(string root, string name)
    {
        var file = new FileInfo(Path.Combine(root, name));
        return file.Exists ? Read(new FoundFile(file.FullName, name, "", FileStamp.Of(file))) : null;
    }

    private SourceFile Read(FoundFile found)
    {
        if (_known.TryGetValue((found.FullPath, found.Folder), out var before) && before.Stamp == found.Stamp)
        {
            return before;
        }

        // A seed's rows go straight from the file to COPY; only its place and stamp are kept.
        var isSeed = found.Path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) && !found.Folder.EndsWith("/fixtures", StringComparison.Ordinal);
        var text = isSeed ? "" : File.ReadAllText(found.FullPath).Replace("\r\n", "\n", StringComparison.Ordinal);
        return _known[(found.FullPath, found.Folder)] = new SourceFile(found.FullPath, found.Path, text, found.Stamp) { Folder = found.Folder };
    }

    private readonly record struct FoundFile(string FullPath, string Path, string Folder, FileStamp Stamp);
}
