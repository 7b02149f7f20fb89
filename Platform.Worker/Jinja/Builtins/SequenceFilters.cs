using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Builtins;

/// <summary>Filters over sequences and mappings.</summary>
internal static class SequenceFilters
{
    public static IEnumerable<Value> Iterate(Value input) => input.Iterate();

    public static Value Length(RenderState state, Value input, Arguments arguments)
    {
        if (input.TryGetString(out var text))
        {
            return (long)PythonString.Length(text);
        }

        return input.IsMissing ? 0 : input.Object?.Length is { } length
            ? (long)length
            : throw new JinjaException(JinjaErrorKind.TypeError, $"object of type '{input.TypeName}' has no len()");
    }

    public static Value List(RenderState state, Value input, Arguments arguments) => new ListValue(state.Collect(input));

    public static Value First(RenderState state, Value input, Arguments arguments)
    {
        foreach (var item in Iterate(input))
        {
            return item;
        }

        return state.MakeUndefined("first", "No first item, sequence was empty.");
    }

    public static Value Last(RenderState state, Value input, Arguments arguments)
    {
        foreach (var item in Reversed(input) ?? throw NotReversible(input))
        {
            return item;
        }

        return state.MakeUndefined("last", "No last item, sequence was empty.");
    }

    public static Value Random(RenderState state, Value input, Arguments arguments)
    {
        var length = Length(state, input, arguments).TryGetInt64(out var count) ? count : 0;
        return length == 0
            ? state.MakeUndefined("random", "No random item, sequence was empty.")
            : state.GetItem(input, state.Random.NextInt64(length));
    }

    public static Value Reverse(RenderState state, Value input, Arguments arguments)
    {
        if (input.TryGetString(out var text))
        {
            return PythonString.Slice(text, default, default, -1);
        }

        if (Reversed(input) is { } reversed)
        {
            return new IteratorValue(input.Kind == ValueKind.List ? "list_reverseiterator" : "reversed", reversed);
        }

        if (!input.IsIterable)
        {
            throw new JinjaException(JinjaErrorKind.FilterArgumentError, "argument must be iterable");
        }

        var list = state.Collect(input);
        list.Reverse();
        return new ListValue(list);
    }

    public static Value Join(RenderState state, Value input, Arguments arguments)
    {
        var reader = arguments.Read("join");
        var separator = reader.Optional("d", Value.EmptyString).ToString();
        var attribute = AttributePath.Parse(reader.Optional("attribute", Value.None));
        reader.Finish();
        var parts = new List<string>();
        var size = 0L;
        foreach (var item in Iterate(input))
        {
            state.Step();
            parts.Add(attribute.Get(state, item).ToString());
            state.CheckSize(size += parts[^1].Length + separator.Length);
            state.CheckItems(parts.Count);
        }

        return string.Join(separator, parts);
    }

    public static Value Items(RenderState state, Value input, Arguments arguments)
    {
        if (input.IsUndefined)
        {
            return new IteratorValue("generator", []);
        }

        return input.Object is { IsMapping: true } mapping
            ? new IteratorValue("generator", mapping is DictValue dict ? new DictView(dict, DictPart.Items).Iterate() : Pairs(state, mapping))
            : throw new JinjaException(JinjaErrorKind.TypeError, "Can only get item pairs from a mapping.");
    }

    public static Value Sort(RenderState state, Value input, Arguments arguments)
    {
        var reader = arguments.Read("sort");
        var reverse = reader.OptionalBoolean("reverse", false);
        var caseSensitive = reader.OptionalBoolean("case_sensitive", false);
        var attribute = reader.Optional("attribute", Value.None);
        reader.Finish();
        var paths = AttributePath.ParseMany(attribute);
        return new ListValue(Sorting.Sort(state, Iterate(input), Key, reverse, undefinedIsAlike: true));

        Value Key(Value item) => paths.Length == 1
            ? Fold(paths[0].Get(state, item), caseSensitive)
            : new TupleValue([.. paths.Select(path => Fold(path.Get(state, item), caseSensitive))]);
    }

    public static Value DictSort(RenderState state, Value input, Arguments arguments)
    {
        var reader = arguments.Read("dictsort");
        var caseSensitive = reader.OptionalBoolean("case_sensitive", false);
        var by = reader.OptionalString("by", "key");
        var reverse = reader.OptionalBoolean("reverse", false);
        reader.Finish();
        if (by is not ("key" or "value"))
        {
            throw new JinjaException(JinjaErrorKind.FilterArgumentError, "You can only sort by either \"key\" or \"value\"");
        }

        var pairs = input.Object is { IsMapping: true } mapping
            ? Pairs(state, mapping)
            : throw input.As<UndefinedValue>()?.Error()
                ?? new JinjaException(JinjaErrorKind.AttributeError, $"'{input.TypeName}' object has no attribute 'items'");
        var position = by == "key" ? 0 : 1;
        return new ListValue(Sorting.Sort(state, pairs, pair => Fold(pair.As<TupleValue>()!.Items[position], caseSensitive), reverse));
    }

    public static Value Unique(RenderState state, Value input, Arguments arguments)
    {
        var reader = arguments.Read("unique");
        var caseSensitive = reader.OptionalBoolean("case_sensitive", false);
        var attribute = AttributePath.Parse(reader.Optional("attribute", Value.None));
        reader.Finish();
        return new IteratorValue("generator", Distinct());

        IEnumerable<Value> Distinct()
        {
            var seen = new HashSet<Value>();
            foreach (var item in Iterate(input))
            {
                state.Step();
                if (seen.Add(Fold(attribute.Get(state, item), caseSensitive)))
                {
                    state.CheckItems(seen.Count);
                    yield return item;
                }
            }
        }
    }

    public static Value Min(RenderState state, Value input, Arguments arguments) => Extreme(state, input, arguments, "min", "<");

    public static Value Max(RenderState state, Value input, Arguments arguments) => Extreme(state, input, arguments, "max", ">");

    public static Value GroupBy(RenderState state, Value input, Arguments arguments)
    {
        var reader = arguments.Read("groupby");
        var attribute = reader.Required("attribute");
        var fallback = reader.Optional("default", Value.None);
        var caseSensitive = reader.OptionalBoolean("case_sensitive", false);
        reader.Finish();
        var path = AttributePath.Parse(attribute, fallback);
        var sorted = Sorting.Sort(state, Iterate(input), item => Fold(path.Get(state, item), caseSensitive), reverse: false);
        var groups = new List<Value>();
        List<Value>? current = null;
        Value key = default;
        foreach (var item in sorted)
        {
            var itemKey = Fold(path.Get(state, item), caseSensitive);
            if (current is null || !itemKey.Equals(key))
            {
                current = [];
                key = itemKey;
                groups.Add(new GroupValue(path.Get(state, item), current));
            }

            current.Add(item);
        }

        return new ListValue(groups);
    }

    public static Value Batch(RenderState state, Value input, Arguments arguments)
    {
        var reader = arguments.Read("batch");
        var count = reader.RequiredInteger("linecount");
        var fill = reader.Optional("fill_with", Value.None);
        reader.Finish();
        return new IteratorValue("generator", Rows());

        IEnumerable<Value> Rows()
        {
            var row = new List<Value>();
            foreach (var item in Iterate(input))
            {
                state.Step();
                if (row.Count == count)
                {
                    yield return new ListValue(row);
                    row = [];
                }

                row.Add(item);
                state.CheckItems(row.Count);
            }

            if (row.Count > 0)
            {
                if (!fill.IsNone && row.Count < count)
                {
                    state.CheckItems(count);
                    row.AddRange(Enumerable.Repeat(fill, (int)count - row.Count));
                }

                yield return new ListValue(row);
            }
        }
    }

    public static Value Slice(RenderState state, Value input, Arguments arguments)
    {
        var reader = arguments.Read("slice");
        var slices = reader.RequiredInteger("slices");
        var fill = reader.Optional("fill_with", Value.None);
        reader.Finish();
        return new IteratorValue("generator", Columns());

        IEnumerable<Value> Columns()
        {
            var items = state.Collect(input);
            if (slices == 0)
            {
                throw new JinjaException(JinjaErrorKind.ZeroDivisionError, "integer division or modulo by zero");
            }

            var size = (int)(items.Count / slices);
            var longer = items.Count % slices;
            var start = 0;
            for (var i = 0L; i < slices; i++)
            {
                state.Step();
                var count = size + (i < longer ? 1 : 0);
                var column = items.GetRange(start, count);
                start += count;
                if (!fill.IsNone && i >= longer)
                {
                    column.Add(fill);
                }

                yield return new ListValue(column);
            }
        }
    }

    private static Value Extreme(RenderState state, Value input, Arguments arguments, string name, string symbol)
    {
        var reader = arguments.Read(name);
        var caseSensitive = reader.OptionalBoolean("case_sensitive", false);
        var attribute = AttributePath.Parse(reader.Optional("attribute", Value.None));
        reader.Finish();
        Value best = default;
        Value bestKey = default;
        foreach (var item in Iterate(input))
        {
            state.Step();
            var key = Fold(attribute.Get(state, item), caseSensitive);
            if (best.IsMissing || Operators.Ordered(key, bestKey, symbol))
            {
                (best, bestKey) = (item, key);
            }
        }

        return best.IsMissing ? state.MakeUndefined(name, "No aggregated item, sequence was empty.") : best;
    }

    private static Value Fold(Value value, bool caseSensitive) => caseSensitive ? value : Sorting.IgnoreCase(value);

    private static IEnumerable<Value> Pairs(RenderState state, JinjaObject mapping)
    {
        foreach (var key in mapping.Iterate() ?? [])
        {
            state.Step();
            mapping.TryGetItem(state, key, out var value);
            yield return new TupleValue(key, value);
        }
    }

    /// <summary>From the end, for what Python can reverse; otherwise null.</summary>
    private static IEnumerable<Value>? Reversed(Value input) => input switch
    {
        { IsString: true } => input.Iterate().Reverse(),
        { IsUndefined: true } => input.Iterate(),
        { Object: { IsSequence: true } or DictValue or DictView } => Backwards(input),
        _ => null,
    };

    private static IEnumerable<Value> Backwards(Value input)
    {
        var items = input.Object is RangeValue range && range.Length is { } length
            ? range.Slice(SliceBounds.Resolve(default, default, -1, length))!.Value.Iterate()
            : input.Iterate().Reverse();
        foreach (var item in items)
        {
            yield return item;
        }
    }

    private static JinjaException NotReversible(Value input) =>
        new(JinjaErrorKind.TypeError, $"'{input.TypeName}' object is not reversible");
}
