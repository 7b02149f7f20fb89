using System.Text.RegularExpressions;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Compile;

/// <summary>Arguments of generic tests: text that looks like a call (<c>ref('x')</c>) or holds Jinja is rendered, to a value where it is one expression.</summary>
internal static partial class TestArguments
{
    /// <summary>The arguments as the test's macro gets them; a column's name is always plain text.</summary>
    public static NamedValue[] Render(NodeContext context, IReadOnlyDictionary<string, object?> arguments, string place) =>
        [.. arguments.Select(argument => new NamedValue(
            argument.Key, argument.Key == "column_name" ? Value.FromClr(argument.Value) : Render(context, argument.Value, place)))];

    /// <summary>True when the value holds nothing to render.</summary>
    public static bool IsPlain(object? value) => value switch
    {
        string text => !YamlRenderer.HasJinja(text) && !LooksLikeCall().IsMatch(text),
        List<object?> items => items.TrueForAll(IsPlain),
        Dictionary<string, object?> map => map.Values.All(IsPlain),
        _ => true,
    };

    private static Value Render(NodeContext context, object? value, string place) => value switch
    {
        string text when LooksLikeCall().IsMatch(text) => YamlRenderer.Value(context, $"{{{{ {text} }}}}", place),
        string text when YamlRenderer.HasJinja(text) => YamlRenderer.Value(context, text, place),
        List<object?> items => new ListValue(items.Select(item => Render(context, item, place))),
        Dictionary<string, object?> map => DictValue.From(map.Select(entry => KeyValuePair.Create(entry.Key, Render(context, entry.Value, place)))),
        _ => Value.FromClr(value),
    };

    [GeneratedRegex(@"^\s*(env_var|ref|var|source|doc)\s*\(.+\)\s*$")]
    private static partial Regex LooksLikeCall();
}
