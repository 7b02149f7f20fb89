using Platform.Worker.Jinja;
using Platform.Worker.Transform.Compile;

namespace Platform.Worker.Transform.Project;

/// <summary>
/// Renders the Jinja of a YAML entry where dbt does: not in descriptions (only <c>doc()</c> means something there, and that is looked up
/// last), tests (their arguments are rendered when the test is), hooks, queries and filters.
/// </summary>
internal sealed class YamlTemplates(NodeContext context, ProjectErrors errors)
{
    /// <param name="entry">An entry of a properties file.</param>
    /// <param name="section">The list it stands in (<c>models</c>, <c>sources</c>, ...), which decides what is left alone.</param>
    /// <returns>The same object when there is nothing to render.</returns>
    public YamlValue Entry(YamlValue entry, string section) => Render(entry, [], path => IsLate(section, path));

    /// <summary>All of a value, but not the keys that a rule leaves alone.</summary>
    public YamlValue Render(YamlValue value, Func<List<string>, bool> isLate) => Render(value, [], isLate);

    private YamlValue Render(YamlValue value, List<string> path, Func<List<string>, bool> isLate)
    {
        if (!value.HasJinja || (path.Count > 0 && isLate(path)))
        {
            return value;
        }

        if (value.Map is { } map)
        {
            var rendered = new Dictionary<string, YamlValue>(map.Count);
            foreach (var (key, item) in map)
            {
                path.Add(key);
                rendered[key] = Render(item, path, isLate);
                path.RemoveAt(path.Count - 1);
            }

            return new YamlValue(value.At, rendered);
        }

        if (value.Items is { } items)
        {
            var rendered = new List<YamlValue>(items.Count);
            foreach (var item in items)
            {
                path.Add("#");
                rendered.Add(Render(item, path, isLate));
                path.RemoveAt(path.Count - 1);
            }

            return new YamlValue(value.At, rendered);
        }

        var text = (string)value.Scalar!;
        try
        {
            return YamlValue.FromPlain(value.At, YamlRenderer.Value(context, text, value.At.File).ToClr());
        }
        catch (JinjaException fault)
        {
            errors.Add(new TransformError(value.At, $"'{text}': {fault.Message}"));
            return value;
        }
    }

    private static bool IsLate(string section, List<string> path) => section switch
    {
        "sources" when path[0] is "description" or "loaded_at_query" => true,
        "sources" when path is ["config", "loaded_at_query", ..] => true,
        "sources" when path is ["tables", _, .. var below] => below.Count > 0 && IsLateProperty(below),
        "sources" => false,
        "macros" when path is ["arguments", .. var below] => below.Count > 0 && IsLateProperty(below),
        "metrics" when path[^1] == "filter" || (path.Count > 1 && path[^2] == "filter") => true,
        "saved_queries" when path is ["query_params", "where", ..] => true,
        _ => IsLateProperty(path),
    };

    private static bool IsLateProperty(List<string> path) => path switch
    {
        ["tests" or "data_tests" or "description" or "loaded_at_query", ..] => true,
        [_, "tests" or "data_tests" or "description" or "loaded_at_query"] => true,
        ["config", "pre_hook" or "post_hook" or "pre-hook" or "post-hook" or "loaded_at_query", ..] => true,
        ["columns" or "dimensions" or "measures" or "entities" or "metrics", _, "tests" or "data_tests" or "description" or "filter", ..] => true,
        ["metrics", _, .. var below] when below.Contains("filter") => true,
        ["versions", _, "tests" or "data_tests" or "description", ..] => true,
        ["versions", _, "columns", _, "tests" or "data_tests" or "description", ..] => true,
        ["versions", _, "config", "pre_hook" or "post_hook" or "pre-hook" or "post-hook", ..] => true,
        ["derived_semantics", _, _, "description"] => true,
        _ => false,
    };
}
