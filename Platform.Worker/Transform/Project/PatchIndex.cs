using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Project;

/// <summary>
/// Which properties belong to which file: those of its own package by name, else those that another package declares for it, which has no
/// such file or has it disabled: a project may put its own model or seed in the place of a package's.
/// </summary>
internal sealed class PatchIndex
{
    private readonly Dictionary<(string Kind, string Package, string File), ResourcePatch> _own = [];
    private readonly Dictionary<(string Kind, string File), ResourcePatch> _foreign = [];
    private readonly HashSet<ResourcePatch> _used = new(ReferenceEqualityComparer.Instance);
    private readonly Lock _gate = new();

    /// <param name="patches">All properties.</param>
    /// <param name="packages">All packages, whose files decide where the latest version of a model is.</param>
    /// <param name="errors">Takes properties that are written twice.</param>
    /// <param name="configs">What dbt_project.yml says of files that several packages have.</param>
    public PatchIndex(IEnumerable<ResourcePatch> patches, IReadOnlyList<Package> packages, ProjectErrors errors, ConfigLayers configs)
    {
        var named = packages
            .SelectMany(package => new[] { (ResourceType.Model, package.Models), (ResourceType.Seed, package.Seeds), (ResourceType.Analysis, package.Analyses) }
                .SelectMany(kind => kind.Item2.Select(file => (Type: kind.Item1, Package: package, File: file))))
            .ToLookup(entry => (entry.Type, entry.File.Name));
        var files = named.SelectMany(twins => twins.Where(entry => twins.Skip(1).FirstOrDefault().File is null || IsEnabled(configs, entry.Type, entry.Package, entry.File)))
            .Select(entry => (Kinds(entry.Type)[0], entry.Package.Name, entry.File.Name)).ToHashSet();
        foreach (var patch in patches)
        {
            var file = patch.Version is not null && patch.Version == patch.LatestVersion && !files.Contains((patch.Kind, patch.PackageName, patch.FileName))
                ? patch.Name
                : patch.FileName;
            if (!_own.TryAdd((patch.Kind, patch.PackageName, file), patch))
            {
                errors.Add(patch.At, $"'{patch.Name}' already has properties at {_own[(patch.Kind, patch.PackageName, file)].At}. Keep one of the two.");
            }

            if (patch.Kind is "models" or "seeds" or "analyses" && !files.Contains((patch.Kind, patch.PackageName, file)))
            {
                _foreign.TryAdd((patch.Kind, file), patch);
            }
        }
    }

    /// <summary>The properties of a file (of a snapshot: of a block); null when there are none.</summary>
    public ResourcePatch? OfFile(ResourceType type, string package, string name)
    {
        foreach (var kind in Kinds(type))
        {
            if (_own.TryGetValue((kind, package, name), out var patch) || _foreign.TryGetValue((kind, name), out patch))
            {
                lock (_gate)
                {
                    _used.Add(patch);
                }

                return patch;
            }
        }

        return null;
    }

    public bool IsUsed(ResourcePatch patch) => _used.Contains(patch);

    private static bool IsEnabled(ConfigLayers configs, ResourceType type, Package package, SourceFile file) =>
        configs.For(type, package, ParseScope.Fqn(package.Name, file.PathInFolder, file.Name), new Dictionary<string, object?>(), new Dictionary<string, object?>()).Enabled;

    private static string[] Kinds(ResourceType type) => type switch
    {
        ResourceType.Model => ["models"],
        ResourceType.Seed => ["seeds"],
        ResourceType.Snapshot => ["snapshots"],
        ResourceType.Analysis => ["analyses"],
        _ => ["data_tests", "tests"],
    };
}
