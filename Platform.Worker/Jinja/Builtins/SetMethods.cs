using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Builtins;

/// <summary>The methods of Python's <c>set</c>.</summary>
internal static class SetMethods
{
    public static readonly MethodTable<SetValue> Table = new("set", new Dictionary<string, Method<SetValue>>(StringComparer.Ordinal)
    {
        ["add"] = static (state, self, arguments) =>
        {
            self.Add(ListMethods.One(arguments, "add"));
            state.CheckItems(self.Items.Count);
            return Value.None;
        },
        ["clear"] = static (_, self, _) =>
        {
            self.Items.Clear();
            return Value.None;
        },
        ["copy"] = static (_, self, _) => new SetValue(self.Items.Keys),
        ["difference"] = static (state, self, arguments) => new SetValue(Except(state, self, arguments)),
        ["difference_update"] = static (state, self, arguments) => Replace(self, Except(state, self, arguments)),
        ["discard"] = static (_, self, arguments) =>
        {
            self.Items.Remove(ListMethods.One(arguments, "discard"));
            return Value.None;
        },
        ["intersection"] = static (state, self, arguments) => new SetValue(Intersect(state, self, arguments)),
        ["intersection_update"] = static (state, self, arguments) => Replace(self, Intersect(state, self, arguments)),
        ["isdisjoint"] = static (state, self, arguments) => !state.Iterate(ListMethods.One(arguments, "isdisjoint")).Any(self.Items.ContainsKey),
        ["issubset"] = static (state, self, arguments) => self.IsSubsetOf(ToSet(state, ListMethods.One(arguments, "issubset"))),
        ["issuperset"] = static (state, self, arguments) => ToSet(state, ListMethods.One(arguments, "issuperset")).IsSubsetOf(self),
        ["pop"] = Pop,
        ["remove"] = Remove,
        ["symmetric_difference"] = static (state, self, arguments) => new SetValue(OnlyOne(state, self, arguments)),
        ["symmetric_difference_update"] = static (state, self, arguments) => Replace(self, OnlyOne(state, self, arguments)),
        ["union"] = static (state, self, arguments) => AddAll(state, new SetValue(self.Items.Keys), arguments),
        ["update"] = static (state, self, arguments) =>
        {
            AddAll(state, self, arguments);
            return Value.None;
        },
    });

    private static SetValue ToSet(RenderState state, Value items) => items.As<SetValue>() ?? new SetValue(state.Collect(items));

    private static IEnumerable<Value> Except(RenderState state, SetValue self, Arguments arguments)
    {
        var others = arguments.Positional.Select(items => ToSet(state, items)).ToList();
        return self.Items.Keys.Where(item => !others.Exists(other => other.Items.ContainsKey(item)));
    }

    private static IEnumerable<Value> Intersect(RenderState state, SetValue self, Arguments arguments)
    {
        var others = arguments.Positional.Select(items => ToSet(state, items)).ToList();
        return self.Items.Keys.Where(item => others.TrueForAll(other => other.Items.ContainsKey(item)));
    }

    private static IEnumerable<Value> OnlyOne(RenderState state, SetValue self, Arguments arguments)
    {
        var other = ToSet(state, ListMethods.One(arguments, "symmetric_difference"));
        return self.Items.Keys.Where(item => !other.Items.ContainsKey(item))
            .Concat(other.Items.Keys.Where(item => !self.Items.ContainsKey(item)));
    }

    private static Value Replace(SetValue self, IEnumerable<Value> items)
    {
        var kept = items.ToList();
        self.Items.Clear();
        kept.ForEach(item => self.Add(item));
        return Value.None;
    }

    private static SetValue AddAll(RenderState state, SetValue target, Arguments arguments)
    {
        foreach (var items in arguments.Positional)
        {
            foreach (var item in state.Collect(items))
            {
                target.Add(item);
                state.CheckItems(target.Items.Count);
            }
        }

        return target;
    }

    private static Value Pop(RenderState state, SetValue self, Arguments arguments)
    {
        if (self.Items.Count == 0)
        {
            throw new JinjaException(JinjaErrorKind.KeyError, "'pop from an empty set'");
        }

        var item = self.Items.GetAt(0).Key;
        self.Items.RemoveAt(0);
        return item;
    }

    private static Value Remove(RenderState state, SetValue self, Arguments arguments)
    {
        var item = ListMethods.One(arguments, "remove");
        return self.Items.Remove(item) ? Value.None : throw new JinjaException(JinjaErrorKind.KeyError, item.Repr());
    }
}
