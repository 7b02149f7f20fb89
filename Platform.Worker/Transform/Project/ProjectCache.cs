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

        public ParseMemory Memory { get; set; } = new();

        public IReadOnlyList<Package> Packages { get; set; } = [];

        /// <summary>What reading the project files asked for.</summary>
        public VarProvider? Settings { get; set; }

        public ParsedProject? Project { get; set; }
    }

    /// <exception cref="TransformException">The project has errors; all of them.</exception>
    public ParsedProject Load(
        string directory, IReadOnlyDictionary<string, object?> givenVars, TargetInfo target, IReadOnlyList<JoinedPackage>? joined = null)
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
            var context = ProjectContext.Of(givenVars, target);
            var packages = entry.Reader.Read(path, context, errors, joined);
            errors.ThrowIfAny();
            var vars = new VarProvider(givenVars, packages);
            var isSame = entry.Project is { } known && known.Invocation.Target == target && known.Invocation.Vars.ReadsTheSameIn(vars)
                && entry.Settings!.ReadsTheSameIn(context.Read);
            if (isSame && AreSame(entry.Packages, packages, package => package.Files))
            {
                return entry.Project!;
            }

            if (!isSame || !AreSame(entry.Packages, packages, package => [.. package.Settings, .. package.Macros, .. package.Docs]))
            {
                entry.Memory = new ParseMemory();
            }

            if (isSame)
            {
                // What the remembered files asked for still has to be noticed when it changes.
                vars.Remember(entry.Project!.Invocation.Vars);
            }

            entry.Project = Parse(entry, packages, vars, target, errors);
            (entry.Packages, entry.Settings) = (packages, context.Read);
            Log.Parsed(logger, entry.Project.Root.Name, entry.Project.Graph.Ordered.Count, time.GetElapsedTime(started));
            foreach (var warning in entry.Project.Warnings)
            {
                Log.Warning(logger, warning.ToString());
            }

            return entry.Project;
        }
    }

    private ParsedProject Parse(Entry entry, IReadOnlyList<Package> packages, VarProvider vars, TargetInfo target, ProjectErrors errors)
    {
        try
        {
            return ProjectParser.Parse(packages, vars, target, time.GetUtcNow(), errors, entry.Memory);
        }
        catch
        {
            entry.Memory = new ParseMemory();
            entry.Project = null;
            throw;
        }
    }

    private static bool AreSame(IReadOnlyList<Package> before, IReadOnlyList<Package> now, Func<Package, IEnumerable<SourceFile>> files) =>
        before.SelectMany(files).SequenceEqual(now.SelectMany(files), ReferenceEqualityComparer.Instance);
}
