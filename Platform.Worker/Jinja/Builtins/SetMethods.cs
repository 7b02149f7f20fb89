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
            state.CheckSize(self.Items.Count);
            return Value.None;
        },
        ["clear"] = static (_, self, _) =>
        {
            self.Items.Clear();
            return Value.None;
        },
        ["copy"] = static (_, self, _) => new SetValue(self.Items.Keys),
        ["difference"] = static (_, self, arguments) => new SetValue(Except(self, arguments)),
        ["difference_update"] = static (_, self, arguments) => Replace(self, Except(self, arguments)),
        ["discard"] = static (_, self, arguments) =>
        {
            self.Items.Remove(ListMethods.One(arguments, "discard"));
            return Value.None;
        },
        ["intersection"] = static (_, self, arguments) => new SetValue(Intersect(self, arguments)),
        ["intersection_update"] = static (_, self, arguments) => Replace(self, Intersect(self, arguments)),
        ["isdisjoint"] = static (_, self, arguments) => !ListMethods.One(arguments, "isdisjoint").Iterate().Any(self.Items.ContainsKey),
        ["issubset"] = static (_, self, arguments) => self.IsSubsetOf(ToSet(ListMethods.One(arguments, "issubset"))),
        ["issuperset"] = static (_, self, arguments) => ToSet(ListMethods.One(arguments, "issuperset")).IsSubsetOf(self),
        ["pop"] = Pop,
        ["remove"] = Remove,
        ["symmetric_difference"] = static (_, self, arguments) => new SetValue(OnlyOne(self, arguments)),
        ["symmetric_difference_update"] = static (_, self, arguments) => Replace(self, OnlyOne(self, arguments)),
        ["union"] = static (state, self, arguments) => AddAll(state, new SetValue(self.Items.Keys), arguments),
        ["update"] = static (state, self, arguments) =>
        {
            AddAll(state, self, arguments);
            return Value.None;
        },
    });

    public static SetValue ToSet(Value items) => items.As<SetValue>() ?? new SetValue(items.Iterate());

    private static IEnumerable<Value> Except(SetValue self, Arguments arguments)
    {
        var others = arguments.Positional.Select(ToSet).ToList();
        return self.Items.Keys.Where(item => !others.Exists(other => other.Items.ContainsKey(item)));
    }

    private static IEnumerable<Value> Intersect(SetValue self, Arguments arguments)
    {
        var others = arguments.Positional.Select(ToSet).ToList();
        return self.Items.Keys.Where(item => others.TrueForAll(other => other.Items.ContainsKey(item)));
    }

    private static IEnumerable<Value> OnlyOne(SetValue self, Arguments arguments)
    {
        var other = ToSet(ListMethods.One(arguments, "symmetric_difference"));
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
            foreach (var item in items.Iterate().ToList())
            {
                state.Step();
                target.Add(item);
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
