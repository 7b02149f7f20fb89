using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Project;

/// <summary>Which properties belong to which file: those of its own package by name, else those that another package declares for it.</summary>
internal sealed class PatchIndex
{
    private readonly Dictionary<(string Kind, string Package, string File), ResourcePatch> _own = [];
    private readonly Dictionary<(string Kind, string File), ResourcePatch> _foreign = [];
    private readonly HashSet<ResourcePatch> _used = new(ReferenceEqualityComparer.Instance);
    private readonly Lock _gate = new();

    /// <param name="patches">All properties.</param>
    /// <param name="packages">All packages, whose files decide where the latest version of a model is.</param>
    /// <param name="errors">Takes properties that are written twice.</param>
    public PatchIndex(IEnumerable<ResourcePatch> patches, IReadOnlyList<Package> packages, ProjectErrors errors)
    {
        var files = packages.SelectMany(package => new[] { ("models", package.Models), ("seeds", package.Seeds), ("analyses", package.Analyses) }
            .SelectMany(kind => kind.Item2.Select(file => (kind.Item1, package.Name, file.Name)))).ToHashSet();
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

    private static string[] Kinds(ResourceType type) => type switch
    {
        ResourceType.Model => ["models"],
        ResourceType.Seed => ["seeds"],
        ResourceType.Snapshot => ["snapshots"],
        ResourceType.Analysis => ["analyses"],
        _ => ["data_tests", "tests"],
    };
}
