using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Builtins;

/// <summary>The methods of Python's <c>list</c>.</summary>
internal static class ListMethods
{
    public static readonly MethodTable<ListValue> Table = new("list", new Dictionary<string, Method<ListValue>>(StringComparer.Ordinal)
    {
        ["append"] = static (state, self, arguments) =>
        {
            self.Items.Add(One(arguments, "append"));
            state.CheckItems(self.Items.Count);
            return Value.None;
        },
        ["clear"] = static (_, self, _) =>
        {
            self.Items.Clear();
            return Value.None;
        },
        ["copy"] = static (_, self, _) => new ListValue([.. self.Items]),
        ["count"] = static (_, self, arguments) => Count(self.Items, One(arguments, "count")),
        ["extend"] = Extend,
        ["index"] = static (_, self, arguments) => Index(self.Items, arguments, "list"),
        ["insert"] = Insert,
        ["pop"] = Pop,
        ["remove"] = Remove,
        ["reverse"] = static (_, self, _) =>
        {
            self.Items.Reverse();
            return Value.None;
        },
        ["sort"] = Sort,
    });

    public static Value One(Arguments arguments, string method)
    {
        var reader = arguments.Read(method);
        var value = reader.Required("value");
        reader.Finish();
        return value;
    }

    public static Value Count(IEnumerable<Value> items, Value value) => (long)items.Count(item => item.Equals(value));

    public static Value Index(IReadOnlyList<Value> items, Arguments arguments, string typeName)
    {
        var reader = arguments.Read("index");
        var value = reader.Required("value");
        var start = reader.Optional("start");
        var stop = reader.Optional("stop");
        reader.Finish();
        var bounds = SliceBounds.Resolve(start, stop, default, items.Count);
        for (var i = 0; i < bounds.Count; i++)
        {
            if (items[bounds.Start + i].Equals(value))
            {
                return bounds.Start + i;
            }
        }

        throw new JinjaException(
            JinjaErrorKind.ValueError, typeName == "list" ? $"{value.Repr()} is not in list" : "tuple.index(x): x not in tuple");
    }

    private static Value Extend(RenderState state, ListValue self, Arguments arguments)
    {
        var items = One(arguments, "extend");
        foreach (var item in items.As<ListValue>() is { } list ? [.. list.Items] : items.Iterate())
        {
            state.Step();
            self.Items.Add(item);
            state.CheckItems(self.Items.Count);
        }

        return Value.None;
    }

    private static Value Insert(RenderState state, ListValue self, Arguments arguments)
    {
        var reader = arguments.Read("insert");
        var index = reader.RequiredInteger("index");
        var value = reader.Required("object");
        reader.Finish();
        index = index < 0 ? Math.Max(0, index + self.Items.Count) : Math.Min(index, self.Items.Count);
        self.Items.Insert((int)index, value);
        state.CheckItems(self.Items.Count);
        return Value.None;
    }

    private static Value Pop(RenderState state, ListValue self, Arguments arguments)
    {
        var reader = arguments.Read("pop");
        var index = reader.Optional("index", -1);
        reader.Finish();
        if (self.Items.Count == 0)
        {
            throw new JinjaException(JinjaErrorKind.IndexError, "pop from empty list");
        }

        if (!Sequences.TryIndex(index, self.Items.Count, out var at))
        {
            throw index.IsInteger
                ? new JinjaException(JinjaErrorKind.IndexError, "pop index out of range")
                : new JinjaException(JinjaErrorKind.TypeError, $"'{index.TypeName}' object cannot be interpreted as an integer");
        }

        var value = self.Items[at];
        self.Items.RemoveAt(at);
        return value;
    }

    private static Value Remove(RenderState state, ListValue self, Arguments arguments)
    {
        var value = One(arguments, "remove");
        var at = self.Items.FindIndex(item => item.Equals(value));
        if (at < 0)
        {
            throw new JinjaException(JinjaErrorKind.ValueError, "list.remove(x): x not in list");
        }

        self.Items.RemoveAt(at);
        return Value.None;
    }

    private static Value Sort(RenderState state, ListValue self, Arguments arguments)
    {
        if (arguments.Count > 0)
        {
            throw new JinjaException(JinjaErrorKind.TypeError, "sort() takes no positional arguments");
        }

        var reader = arguments.Read("sort");
        var key = reader.Optional("key", Value.None);
        var reverse = reader.OptionalBoolean("reverse", false);
        reader.Finish();
        var sorted = Sorting.Sort(state, self.Items, item => key.IsNone ? item : state.Call(key, new Arguments(item)), reverse);
        self.Items.Clear();
        self.Items.AddRange(sorted);
        return Value.None;
    }
}
