using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Project;

/// <summary>
/// The configuration of one resource type in dbt_project.yml: a tree that follows packages and folders, where <c>+key</c>, or a key whose
/// value is not a mapping, configures everything below it (https://docs.getdbt.com/reference/define-configs).
/// </summary>
internal sealed class ConfigTree
{
    public static readonly ConfigTree Empty = new(null);

    private readonly Dictionary<string, ConfigTree> _below = [];
    private readonly List<KeyValuePair<string, object?>> _layer = [];

    public ConfigTree(YamlValue? root)
    {
        foreach (var (key, value) in root?.Map ?? new Dictionary<string, YamlValue>())
        {
            if (key.StartsWith('+'))
            {
                _layer.Add(new(key[1..].Trim(), value.Plain()));
            }
            else if (value.Map is null)
            {
                _layer.Add(new(key, value.Plain()));
            }
            else
            {
                _below[key] = new ConfigTree(value);
            }
        }
    }

    /// <summary>The layers that apply to a node, weakest first.</summary>
    public IEnumerable<IReadOnlyList<KeyValuePair<string, object?>>> Layers(IReadOnlyList<string> fqn)
    {
        var level = this;
        for (var depth = 0; ; depth++)
        {
            if (level._layer.Count > 0)
            {
                yield return level._layer;
            }

            if (depth == fqn.Count || !level._below.TryGetValue(fqn[depth], out level!))
            {
                yield break;
            }
        }
    }

    /// <summary>The paths that configure something and are not among the levels that some resource has.</summary>
    public IEnumerable<IReadOnlyList<string>> Unused(IReadOnlySet<ConfigTree> used)
    {
        foreach (var (key, tree) in _below)
        {
            if (tree._layer.Count > 0 && !used.Contains(tree))
            {
                yield return [key];
            }

            foreach (var path in tree.Unused(used))
            {
                yield return [key, .. path];
            }
        }
    }

    /// <summary>The levels below the top that apply to a node.</summary>
    public IEnumerable<ConfigTree> Levels(IReadOnlyList<string> fqn)
    {
        var level = this;
        foreach (var step in fqn)
        {
            if (!level._below.TryGetValue(step, out level!))
            {
                yield break;
            }

            yield return level;
        }
    }

    /// <summary>The deepest level that applies; nodes with the same one share their configuration.</summary>
    public ConfigTree Deepest(IReadOnlyList<string> fqn)
    {
        var level = this;
        foreach (var step in fqn)
        {
            if (!level._below.TryGetValue(step, out var next))
            {
                break;
            }

            level = next;
        }

        return level;
    }
}

/// <summary>All configuration trees of a dbt_project.yml, with and without Jinja rendered.</summary>
internal sealed class ConfigTrees
{
    private static readonly (ResourceType Type, string[] Keys)[] Sections =
    [
        (ResourceType.Model, ["models"]),
        (ResourceType.Analysis, ["analyses", "models"]),
        (ResourceType.Seed, ["seeds"]),
        (ResourceType.Snapshot, ["snapshots"]),
        (ResourceType.Test, ["data_tests", "tests"]),
        (ResourceType.UnitTest, ["unit_tests"]),
        (ResourceType.Source, ["sources"]),
        (ResourceType.Exposure, ["exposures"]),
        (ResourceType.Metric, ["metrics"]),
        (ResourceType.SemanticModel, ["semantic-models", "semantic_models"]),
        (ResourceType.SavedQuery, ["saved-queries", "saved_queries"]),
    ];

    private readonly Dictionary<ResourceType, ConfigTree> _trees;

    public ConfigTrees(YamlValue project) => _trees = Sections.ToDictionary(
        section => section.Type,
        section => section.Keys.Select(key => project[key]).FirstOrDefault(value => value is not null) is { } root ? new ConfigTree(root) : ConfigTree.Empty);

    public ConfigTree this[ResourceType type] => _trees.GetValueOrDefault(type, ConfigTree.Empty);

    public IEnumerable<(ResourceType Type, ConfigTree Tree)> All => _trees.Select(entry => (entry.Key, entry.Value));
}
