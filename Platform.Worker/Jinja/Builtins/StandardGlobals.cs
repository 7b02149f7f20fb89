using System.Collections.Frozen;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Builtins;

/// <summary>Every global function of Jinja 3.1 by name.</summary>
internal static class StandardGlobals
{
    private static readonly string[] s_words =
    [
        "lorem", "ipsum", "dolor", "sit", "amet", "consectetur", "adipiscing", "elit", "sed", "eiusmod", "tempor", "incididunt",
        "labore", "dolore", "magna", "aliqua", "enim", "minim", "veniam", "quis", "nostrud", "ullamco", "laboris", "nisi", "aliquip",
    ];

    public static readonly FrozenDictionary<string, Value> All = new Dictionary<string, Value>(StringComparer.Ordinal)
    {
        ["range"] = new HostFunction("range", Range),
        ["dict"] = new HostFunction("dict", Dict),
        ["namespace"] = new HostFunction("namespace", Namespace),
        ["cycler"] = new HostFunction("cycler", static (_, arguments) => new CyclerValue(arguments)),
        ["joiner"] = new HostFunction("joiner", static (_, arguments) => new JoinerValue(arguments)),
        ["lipsum"] = new HostFunction("lipsum", Lipsum),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static Value Range(RenderState state, Arguments arguments)
    {
        if (arguments.Count is 0 or > 3)
        {
            throw new JinjaException(
                JinjaErrorKind.TypeError,
                arguments.Count == 0 ? "range expected at least 1 argument, got 0" : $"range expected at most 3 arguments, got {arguments.Count}");
        }

        var bounds = arguments.Positional.Select(static value => value.TryGetInt64(out var number)
            ? number
            : throw new JinjaException(JinjaErrorKind.TypeError, $"'{value.TypeName}' object cannot be interpreted as an integer")).ToArray();
        if (bounds.Any(static bound => Math.Abs((decimal)bound) > int.MaxValue))
        {
            throw new JinjaException(JinjaErrorKind.OverflowError, "range() bounds must fit into 32 bits");
        }

        return bounds switch
        {
            [var stop] => new RangeValue(state, 0, stop, 1),
            [var start, var stop] => new RangeValue(state, start, stop, 1),
            [_, _, 0] => throw new JinjaException(JinjaErrorKind.ValueError, "range() arg 3 must not be zero"),
            _ => new RangeValue(state, bounds[0], bounds[1], bounds[2]),
        };
    }

    private static Value Dict(RenderState state, Arguments arguments)
    {
        var dict = new DictValue();
        DictMethods.Update(state, dict, arguments, "dict");
        return dict;
    }

    private static Value Namespace(RenderState state, Arguments arguments)
    {
        var attributes = new DictValue();
        DictMethods.Update(state, attributes, arguments, "namespace");
        return new NamespaceValue { Attributes = attributes };
    }

    private static Value Lipsum(RenderState state, Arguments arguments)
    {
        var reader = arguments.Read("lipsum");
        var count = reader.OptionalInteger("n", 5);
        var html = reader.OptionalBoolean("html", true);
        var min = reader.OptionalInteger("min", 20);
        var max = reader.OptionalInteger("max", 100);
        reader.Finish();
        state.CheckSize(Math.Max(0, count), Math.Max(1, max));
        var paragraphs = new List<string>();
        for (var i = 0L; i < count; i++)
        {
            state.Step();
            var length = (int)Math.Clamp(state.Random.NextInt64(Math.Min(min, max), Math.Max(min, max) + 1), 0, 10_000);
            var text = string.Join(' ', Enumerable.Range(0, length).Select(_ => s_words[state.Random.Next(s_words.Length)]));
            text = StringMethods.Capitalize(text) + ".";
            paragraphs.Add(html ? $"<p>{text}</p>" : text);
        }

        var result = string.Join(html ? "\n" : "\n\n", paragraphs);
        return html ? Value.Markup(result) : result;
    }
}
