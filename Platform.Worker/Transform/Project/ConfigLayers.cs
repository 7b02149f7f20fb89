using System.Collections.Concurrent;
using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Project;

/// <summary>
/// Stacks a node's configuration: defaults, the package's dbt_project.yml, properties file, config() calls, the root's dbt_project.yml
/// where the node belongs to a package.
/// </summary>
internal sealed class ConfigLayers(ProjectFile root)
{
    private readonly ConcurrentDictionary<(ResourceType Type, ConfigTree Level), NodeConfig> _known = new();

    /// <param name="type">Kind of the node.</param>
    /// <param name="package">Its package.</param>
    /// <param name="fqn">Its path through packages and folders.</param>
    /// <param name="properties">What its properties file configures.</param>
    /// <param name="calls">What its own <c>config()</c> calls say.</param>
    public NodeConfig For(
        ResourceType type, Package package, IReadOnlyList<string> fqn,
        IReadOnlyDictionary<string, object?> properties, IReadOnlyDictionary<string, object?> calls)
    {
        var tree = package.Project.Configs[type];
        var config = _known.GetOrAdd((type, tree.Deepest(fqn)), static (key, state) => Stack(ConfigDefaults.Of(key.Type), state.tree, state.fqn), (tree, fqn));
        config = config.With(properties).With(calls);
        return Finish(type, package.IsRoot ? config : Stack(config, root.Configs[type], fqn));
    }

    /// <summary>The same with Jinja as written.</summary>
    public IReadOnlyDictionary<string, object?> Unrendered(
        ResourceType type, Package package, IReadOnlyList<string> fqn,
        IReadOnlyDictionary<string, object?> properties, IReadOnlyDictionary<string, object?> calls)
    {
        var layers = package.Project.UnrenderedConfigs[type].Layers(fqn).Cast<IEnumerable<KeyValuePair<string, object?>>>()
            .Append(properties).Append(calls).Concat(package.IsRoot ? [] : root.UnrenderedConfigs[type].Layers(fqn));
        var config = new Dictionary<string, object?>();
        foreach (var (key, value) in layers.SelectMany(layer => layer))
        {
            config[ConfigMerge.Canonical(key)] = value;
        }

        return config;
    }

    private static NodeConfig Stack(NodeConfig config, ConfigTree tree, IReadOnlyList<string> fqn) =>
        tree.Layers(fqn).Aggregate(config, (merged, layer) => merged.With(layer));

    /// <summary>Settings that follow from others.</summary>
    private static NodeConfig Finish(ResourceType type, NodeConfig config) => (type, config["store_failures_as"], config["store_failures"]) switch
    {
        (not ResourceType.Test, _, _) => config,
        (_, string stored, _) => config.With("store_failures", stored != "ephemeral"),
        (_, _, bool stores) => config.With("store_failures_as", stores ? "table" : "ephemeral"),
        _ => config,
    };
}
