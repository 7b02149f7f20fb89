using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Project;

/// <summary>Stacks a node's configuration: defaults, the package's dbt_project.yml, properties file, config() calls, the root's dbt_project.yml
/// where the node belongs to a package.</summary>
internal static class ConfigLayers
{
    private static readonly NodeConfig ModelDefaults = NodeConfig.Empty.With(new Dictionary<string, object?>
    {
        ["enabled"] = true, ["materialized"] = "view", ["tags"] = new List<object?>(), ["meta"] = new Dictionary<string, object?>(),
        ["pre-hook"] = new List<object?>(), ["post-hook"] = new List<object?>(), ["on_schema_change"] = "ignore",
    });

    private static readonly NodeConfig SeedDefaults = ModelDefaults.With("materialized", "seed");

    private static readonly NodeConfig TestDefaults = NodeConfig.Empty.With(new Dictionary<string, object?>
    {
        ["enabled"] = true, ["materialized"] = "test", ["tags"] = new List<object?>(), ["meta"] = new Dictionary<string, object?>(),
        ["severity"] = "ERROR", ["fail_calc"] = "count(*)", ["warn_if"] = "!= 0", ["error_if"] = "!= 0",
    });

    public static NodeConfig For(
        Invocation invocation, NodeContext context, ResourceType type, Package package, IReadOnlyList<string> fqn,
        ResourcePatch? patch, IReadOnlyDictionary<string, object?> calls, ProjectErrors errors)
    {
        var config = type switch { ResourceType.Model => ModelDefaults, ResourceType.Seed => SeedDefaults, _ => TestDefaults };
        config = ProjectLayers(config, context, type, package.Project, fqn, errors);
        if (patch is not null)
        {
            config = config.With(YamlRenderer.Config(context, patch.Config, patch.Entry.At, errors));
        }

        config = config.With(calls);
        return package.IsRoot ? config : ProjectLayers(config, context, type, invocation.Packages[0].Project, fqn, errors);
    }

    private static NodeConfig ProjectLayers(
        NodeConfig config, NodeContext context, ResourceType type, ProjectFile project, IReadOnlyList<string> fqn, ProjectErrors errors)
    {
        var tree = type switch { ResourceType.Model => project.Models, ResourceType.Seed => project.Seeds, ResourceType.Source => project.Sources, _ => project.Tests };
        foreach (var layer in tree.Layers(fqn))
        {
            config = config.With(YamlRenderer.Config(context, layer, project.At, errors));
        }

        return config;
    }
}
