using System.Text.Json;
using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Builtins;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Compile;

/// <summary>dbt's functions on plain data: JSON, YAML, sets, pairs.</summary>
internal static class DataFunctions
{
    public static Value ToJson(RenderState state, Arguments arguments)
    {
        var reader = arguments.Read("tojson");
        var value = reader.Required("value");
        var fallback = reader.Optional("default", Value.None);
        var sortKeys = reader.OptionalBoolean("sort_keys", false);
        reader.Finish();
        try
        {
            return JsonText.Write(state, value, sortKeys: sortKeys);
        }
        catch (JinjaException)
        {
            return fallback;
        }
    }

    public static Value FromJson(RenderState state, Arguments arguments)
    {
        var reader = arguments.Read("fromjson");
        var text = reader.Required("string").ToString();
        var fallback = reader.Optional("default", Value.None);
        try
        {
            return Json(text);
        }
        catch (JsonException)
        {
            return fallback;
        }
    }

    /// <summary>The value that a JSON text describes.</summary>
    /// <exception cref="JsonException">It describes none.</exception>
    public static Value Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return Convert(document.RootElement);

        static Value Convert(JsonElement element) => element.ValueKind switch
        {
            JsonValueKind.Object => DictValue.From(element.EnumerateObject().Select(member => KeyValuePair.Create(member.Name, Convert(member.Value)))),
            JsonValueKind.Array => new ListValue(element.EnumerateArray().Select(Convert)),
            JsonValueKind.String => element.GetString(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number => element.TryGetInt64(out var whole) ? Value.From(whole) : element.GetDouble(),
            _ => Value.None,
        };
    }

    public static Value FromYaml(RenderState state, Arguments arguments)
    {
        var reader = arguments.Read("fromyaml");
        var text = reader.Required("value").ToString();
        var fallback = reader.Optional("default", Value.None);
        var errors = new ProjectErrors();
        var yaml = YamlValue.Read(new SourceFile("", "fromyaml()", text, default), errors);
        return errors.Any ? fallback : Value.FromClr(yaml?.Plain());
    }

    /// <summary>YAML in block style, as PyYAML's safe_dump writes it.</summary>
    public static Value ToYaml(RenderState state, Arguments arguments)
    {
        var reader = arguments.Read("toyaml");
        var value = reader.Required("value");
        var fallback = reader.OptionalString("default");
        var sortKeys = reader.OptionalBoolean("sort_keys", false);
        return YamlText.Write(value, sortKeys) is { } text ? text : fallback;
    }

    public static Value Set(RenderState state, Arguments arguments)
    {
        var reader = arguments.Read("set");
        var items = reader.Required("value");
        var fallback = reader.Optional("default", Value.None);
        return items.IsIterable ? new SetValue(state.Collect(items)) : fallback;
    }

    public static Value SetStrict(RenderState state, Arguments arguments) => new SetValue(state.Collect(arguments.Read("set_strict").Required("value")));

    public static Value Zip(RenderState state, Arguments arguments) => arguments.Positional.All(sequence => sequence.IsIterable) ? Pairs(state, arguments.Positional)
        : arguments.TryGetNamed("default", out var fallback) ? fallback : Value.None;

    public static Value ZipStrict(RenderState state, Arguments arguments) => Pairs(state, arguments.Positional);

    /// <summary>What the lists of one mapping hold that those of another do not, keys and items compared without regard to case.</summary>
    public static Value DifferenceOfDicts(RenderState state, Arguments arguments)
    {
        var (mine, theirs) = (Lowered(arguments[0]), Lowered(arguments[1]));
        var difference = new DictValue();
        foreach (var (key, items) in mine)
        {
            var missing = theirs.TryGetValue(key, out var others) ? items.Select(item => item.ToLowerInvariant()).Except(others.Select(item => item.ToLowerInvariant())).ToList() : items;
            if (missing.Count > 0)
            {
                difference[key] = new ListValue(missing.Select(item => Value.From(item)));
            }
        }

        return difference;
    }

    private static Dictionary<string, List<string>> Lowered(Value value)
    {
        var dictionary = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var (key, items) in value.As<DictValue>()?.Items ?? throw new JinjaException(JinjaErrorKind.TypeError, "diff_of_two_dicts() takes two mappings"))
        {
            dictionary[key.ToString().ToLowerInvariant()] = [.. (items.IsString ? [items] : items.Iterate()).Select(item => item.ToString())];
        }

        return dictionary;
    }

    private static ListValue Pairs(RenderState state, Value[] sequences)
    {
        var columns = sequences.Select(state.Collect).ToList();
        var length = columns.Count == 0 ? 0 : columns.Min(column => column.Count);
        state.CheckItems(length, columns.Count);
        return new ListValue(Enumerable.Range(0, length).Select(row => Value.From(new TupleValue([.. columns.Select(column => column[row])]))));
    }
}
