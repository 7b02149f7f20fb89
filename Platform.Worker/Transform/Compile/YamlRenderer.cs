using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Compile;

/// <summary>
/// Renders Jinja in values of YAML files. A text that is one expression and nothing else gives the expression's value
/// (<c>+enabled: "{{ var('x') }}"</c> is a bool), any other text gives text.
/// </summary>
internal static class YamlRenderer
{
    public static bool HasJinja(string text) => text.Contains("{{", StringComparison.Ordinal) || text.Contains("{%", StringComparison.Ordinal);

    /// <summary>True for a text that is one expression and nothing else.</summary>
    public static bool IsExpression(string trimmed) =>
        trimmed.StartsWith("{{", StringComparison.Ordinal) && trimmed.EndsWith("}}", StringComparison.Ordinal)
        && trimmed.IndexOf("}}", StringComparison.Ordinal) == trimmed.Length - 2;

    /// <summary>Values of a configuration; hooks are left for the time when they run.</summary>
    public static Dictionary<string, object?> Config(NodeContext context, IEnumerable<KeyValuePair<string, object?>> layer, SourceLocation at, ProjectErrors errors)
    {
        var rendered = new Dictionary<string, object?>();
        foreach (var (key, value) in layer)
        {
            rendered[key] = key is "pre-hook" or "post-hook" or "pre_hook" or "post_hook" ? value : Plain(context, value, at, errors);
        }

        return rendered;
    }

    public static string Text(NodeContext context, string text, SourceLocation at, ProjectErrors errors) =>
        HasJinja(text) ? Plain(context, text, at, errors)?.ToString() ?? "" : text;

    public static object? Plain(NodeContext context, object? value, SourceLocation at, ProjectErrors errors)
    {
        switch (value)
        {
            case string text when HasJinja(text):
                try
                {
                    return Value(context, text, at.File).ToClr();
                }
                catch (JinjaException fault)
                {
                    errors.Add(new TransformError(at, $"'{text}': {fault.Message}"));
                    return text;
                }

            case List<object?> items:
                return items.Select(item => Plain(context, item, at, errors)).ToList();
            case Dictionary<string, object?> map:
                return map.ToDictionary(entry => entry.Key, entry => Plain(context, entry.Value, at, errors));
            default:
                return value;
        }
    }

    /// <summary>The value of a text with Jinja: natively when it is a single expression.</summary>
    /// <exception cref="JinjaException">It cannot be rendered.</exception>
    public static Value Value(NodeContext context, string text, string place)
    {
        using var state = context.CreateState(CancellationToken.None);
        var trimmed = text.Trim();
        if (IsExpression(trimmed))
        {
            return state.Evaluate(context.Invocation.Environment.ParseExpression(trimmed[2..^2].Trim('-', ' '), place));
        }

        return state.Render(context.Invocation.Environment.Parse(text, place));
    }
}
