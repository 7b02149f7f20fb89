using Platform.Worker.Transform.Compile;

namespace Platform.Worker.Transform.Project;

/// <summary>
/// Keeps the parsed projects. A build parses again only when a file, the target, or a variable that parsing read has changed.
/// </summary>
internal sealed class ProjectCache(TimeProvider time, ILogger logger)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = [];

    private sealed class Entry
    {
        public PackageReader Reader { get; } = new();

        public IReadOnlyList<SourceFile> Files { get; set; } = [];

        public ParsedProject? Project { get; set; }
    }

    /// <exception cref="TransformException">The project has errors; all of them.</exception>
    public ParsedProject Load(string directory, IReadOnlyDictionary<string, object?> givenVars, TargetInfo target)
    {
        lock (_gate)
        {
            var path = Path.GetFullPath(directory);
            if (!_entries.TryGetValue(path, out var entry))
            {
                _entries[path] = entry = new Entry();
            }

            var started = time.GetTimestamp();
            var errors = new ProjectErrors();
            var packages = entry.Reader.Read(path, errors);
            errors.ThrowIfAny();
            var files = packages.SelectMany(Files).ToList();
            var vars = new VarProvider(givenVars, packages);
            if (entry.Project is { } known && entry.Files.SequenceEqual(files, ReferenceEqualityComparer.Instance)
                && known.Invocation.Target == target && known.Invocation.Vars.ReadsTheSameIn(vars))
            {
                return known;
            }

            entry.Project = ProjectParser.Parse(packages, vars, target, errors);
            entry.Files = files;
            Log.Parsed(logger, entry.Project.Root.Name, entry.Project.Graph.Ordered.Count, time.GetElapsedTime(started));
            foreach (var warning in entry.Project.Warnings)
            {
                Log.Warning(logger, warning.ToString());
            }

            return entry.Project;
        }
    }

    private static IEnumerable<SourceFile> Files(Package package) =>
        [package.File, .. package.Models, .. package.Macros, .. package.Tests, .. package.Seeds, .. package.Properties, .. package.Docs];
}
