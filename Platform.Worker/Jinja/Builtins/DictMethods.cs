using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Builtins;

/// <summary>The methods of Python's <c>dict</c>.</summary>
internal static class DictMethods
{
    public static readonly MethodTable<DictValue> Table = new("dict", new Dictionary<string, Method<DictValue>>(StringComparer.Ordinal)
    {
        ["clear"] = static (_, self, _) =>
        {
            self.Items.Clear();
            return Value.None;
        },
        ["copy"] = static (_, self, _) => Copy(self),
        ["fromkeys"] = FromKeys,
        ["get"] = Get,
        ["items"] = static (_, self, _) => new DictView(self, DictPart.Items),
        ["keys"] = static (_, self, _) => new DictView(self, DictPart.Keys),
        ["pop"] = Pop,
        ["popitem"] = PopItem,
        ["setdefault"] = SetDefault,
        ["update"] = static (state, self, arguments) =>
        {
            Update(state, self, arguments, "update");
            return Value.None;
        },
        ["values"] = static (_, self, _) => new DictView(self, DictPart.Values),
    });

    public static DictValue Copy(DictValue dict)
    {
        var copy = new DictValue();
        foreach (var (key, value) in dict.Items)
        {
            copy[key] = value;
        }

        return copy;
    }

    /// <summary>Adds a mapping or pairs, then named arguments: <c>dict(…)</c> and <c>dict.update(…)</c>.</summary>
    public static void Update(RenderState state, DictValue target, Arguments arguments, string function)
    {
        if (arguments.Count > 1)
        {
            throw new JinjaException(JinjaErrorKind.TypeError, $"{function} expected at most 1 argument, got {arguments.Count}");
        }

        if (arguments.Count == 1)
        {
            AddAll(state, target, arguments[0]);
        }

        foreach (var (name, value) in arguments.Named)
        {
            target[name] = value;
        }
    }

    private static void AddAll(RenderState state, DictValue target, Value source)
    {
        if (source.Object is { IsMapping: true } mapping)
        {
            foreach (var key in source.As<DictValue>() is { } dict ? [.. dict.Items.Keys] : mapping.Iterate() ?? [])
            {
                state.Step();
                mapping.TryGetItem(state, key, out var value);
                target[key] = value;
                state.CheckItems(target.Items.Count);
            }

            return;
        }

        var index = 0;
        foreach (var pair in source.Iterate())
        {
            state.Step();
            if (!pair.IsIterable)
            {
                throw new JinjaException(
                    JinjaErrorKind.TypeError, $"cannot convert dictionary update sequence element #{index} to a sequence");
            }

            var items = state.Collect(pair);
            if (items.Count != 2)
            {
                throw new JinjaException(
                    JinjaErrorKind.ValueError,
                    $"dictionary update sequence element #{index} has length {items.Count}; 2 is required");
            }

            target[items[0]] = items[1];
            state.CheckItems(target.Items.Count);
            index++;
        }
    }

    private static Value Get(RenderState state, DictValue self, Arguments arguments)
    {
        var reader = arguments.Read("get");
        var key = reader.Required("key");
        var fallback = reader.Optional("default", Value.None);
        reader.Finish();
        return self.TryGetValue(key, out var value) ? value : fallback;
    }

    private static Value Pop(RenderState state, DictValue self, Arguments arguments)
    {
        var reader = arguments.Read("pop");
        var key = reader.Required("key");
        var fallback = reader.Optional("default");
        reader.Finish();
        return self.Items.Remove(key, out var value) ? value
            : fallback.IsMissing ? throw new JinjaException(JinjaErrorKind.KeyError, key.Repr())
            : fallback;
    }

    private static Value PopItem(RenderState state, DictValue self, Arguments arguments)
    {
        if (self.Items.Count == 0)
        {
            throw new JinjaException(JinjaErrorKind.KeyError, "'popitem(): dictionary is empty'");
        }

        var (key, value) = self.Items.GetAt(self.Items.Count - 1);
        self.Items.RemoveAt(self.Items.Count - 1);
        return new TupleValue(key, value);
    }

    private static Value SetDefault(RenderState state, DictValue self, Arguments arguments)
    {
        var reader = arguments.Read("setdefault");
        var key = reader.Required("key");
        var fallback = reader.Optional("default", Value.None);
        reader.Finish();
        if (self.TryGetValue(key, out var value))
        {
            return value;
        }

        self[key] = fallback;
        return fallback;
    }

    private static Value FromKeys(RenderState state, DictValue self, Arguments arguments)
    {
        var reader = arguments.Read("fromkeys");
        var keys = reader.Required("iterable");
        var value = reader.Optional("value", Value.None);
        reader.Finish();
        var dict = new DictValue();
        foreach (var key in keys.Iterate())
        {
            state.Step();
            dict[key] = value;
            state.CheckItems(dict.Items.Count);
        }

        return dict;
    }
}
