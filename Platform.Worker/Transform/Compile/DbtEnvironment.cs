using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Syntax;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Compile;

/// <summary>Jinja as dbt extends it: the tags test, data_test, materialization, snapshot and docs, and the filters as_bool to as_text and is_list.</summary>
internal static class DbtEnvironment
{
    public static JinjaEnvironment Create() => new(new JinjaOptions
    {
        Tags =
        [
            new MacroTag("test", static name => $"test_{name}"),
            new MacroTag("data_test", static name => $"test_{name}"),
            new MaterializationTag(),
            new NamedBlockTag("snapshot"),
            new NamedBlockTag("docs"),
        ],
        Filters = new Dictionary<string, Jinja.Builtins.JinjaFilter>
        {
            ["as_text"] = static (_, input, _) => input.ToString(),
            ["as_bool"] = static (_, input, _) => input.TryGetString(out var text) && bool.TryParse(text, out var flag) ? flag : input,
            ["as_number"] = static (_, input, _) => Number(input),
            ["is_list"] = static (_, input, _) => input.Kind is ValueKind.List,
            ["as_native"] = static (_, input, _) =>
                input.TryGetString(out var text) && bool.TryParse(text, out var flag) ? flag : Number(input),
        },
        MaxSteps = 50_000_000,
    });

    private static Value Number(Value input)
    {
        if (!input.TryGetString(out var text))
        {
            return input;
        }

        return long.TryParse(text, out var whole) ? whole : double.TryParse(text, out var real) ? real : input;
    }
}
