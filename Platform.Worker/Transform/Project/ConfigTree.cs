namespace Platform.Worker.Transform.Project;

/// <summary>
/// The configuration of one resource type in dbt_project.yml: a tree that follows packages and folders, where <c>+key</c> (or a key whose
/// value is not a mapping) configures everything below it (https://docs.getdbt.com/reference/define-configs).
/// </summary>
internal sealed class ConfigTree(YamlValue? root)
{
    /// <summary>Keys whose value is a mapping although they are configurations, also without a plus sign.</summary>
    private static readonly HashSet<string> MappingKeys = ["meta", "column_types", "grants", "persist_docs", "docs", "contract", "vars"];

    /// <summary>The layers that apply to a node, weakest first.</summary>
    public IEnumerable<Dictionary<string, object?>> Layers(IReadOnlyList<string> fqn)
    {
        var level = root;
        for (var depth = 0; level?.Map is { } map; depth++)
        {
            var layer = new Dictionary<string, object?>();
            foreach (var (key, value) in map)
            {
                if (key.StartsWith('+'))
                {
                    layer[key[1..]] = value.Plain();
                }
                else if (value.Map is null || (MappingKeys.Contains(key) && !fqn.Contains(key)))
                {
                    layer[key] = value.Plain();
                }
            }

            if (layer.Count > 0)
            {
                yield return layer;
            }

            level = depth < fqn.Count ? level[fqn[depth]] : null;
        }
    }
}
