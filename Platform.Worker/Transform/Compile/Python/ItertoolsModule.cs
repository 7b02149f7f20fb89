using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Compile.Python;

/// <summary><c>modules.itertools</c> as far as dbt exposes it (https://docs.python.org/3/library/itertools.html).</summary>
internal static class ItertoolsModule
{
    public static Value Instance { get; } = new HostObject("module")
    {
        { "count", static (state, arguments) => Lazy(state, "count", Count(state, arguments.Count > 0 ? arguments[0] : 0, arguments.Count > 1 ? arguments[1] : 1)) },
        { "cycle", static (state, arguments) => Lazy(state, "cycle", Cycle(Items(state, arguments[0]))) },
        { "repeat", static (state, arguments) => Lazy(state, "repeat", Repeat(arguments[0], arguments.Count > 1 && arguments[1].TryGetInt64(out var times) ? times : long.MaxValue)) },
        { "accumulate", static (state, arguments) => Lazy(state, "accumulate", Accumulate(state, arguments)) },
        { "chain", new PythonClass("itertools.chain", static (state, arguments) => Lazy(state, "chain", arguments.Positional.SelectMany(state.Iterate)), new Dictionary<string, Value>
            {
                ["from_iterable"] = new HostFunction("from_iterable", static (state, arguments) => Lazy(state, "chain", state.Iterate(arguments[0]).SelectMany(state.Iterate))),
            }) },
        { "compress", static (state, arguments) => Lazy(state, "compress", state.Iterate(arguments[0]).Zip(state.Iterate(arguments[1])).Where(pair => pair.Second.IsTrue).Select(pair => pair.First)) },
        { "islice", static (state, arguments) => Lazy(state, "islice", Slice(state, arguments)) },
        { "starmap", static (state, arguments) => Lazy(state, "starmap", state.Iterate(arguments[1]).Select(items => state.Call(arguments[0], [.. state.Collect(items)]))) },
        { "tee", static (state, arguments) => Tee(state, Items(state, arguments[0]), arguments.Count > 1 && arguments[1].TryGetInt64(out var times) ? times : 2) },
        { "zip_longest", static (state, arguments) => Lazy(state, "zip_longest", ZipLongest(state, arguments)) },
        { "product", static (state, arguments) => Lazy(state, "product", Product(state, arguments)) },
        { "permutations", static (state, arguments) => Lazy(state, "permutations", Choices(state, arguments, ahead: null)) },
        { "combinations", static (state, arguments) => Lazy(state, "combinations", Choices(state, arguments, ahead: 1)) },
        { "combinations_with_replacement", static (state, arguments) =>
            Lazy(state, "combinations_with_replacement", Choices(state, arguments, ahead: 0)) },
    };

    /// <summary>Every item is a step of the rendering: some of these never end, or in ages.</summary>
    private static Value Lazy(RenderState state, string name, IEnumerable<Value> items) => new IteratorValue($"itertools.{name}", items.Select(item =>
    {
        for (var work = item.As<TupleValue>()?.Length ?? 0; work >= 0; work--)
        {
            state.Step();
        }

        return item;
    }));

    private static List<Value> Items(RenderState state, Value items) => state.Collect(items);

    private static IEnumerable<Value> Count(RenderState state, Value start, Value step)
    {
        for (var at = start; ; at = Operators.Binary(state, BinaryOperator.Add, at, step))
        {
            yield return at;
        }
    }

    private static IEnumerable<Value> Cycle(List<Value> items)
    {
        while (items.Count > 0)
        {
            foreach (var item in items)
            {
                yield return item;
            }
        }
    }

    private static IEnumerable<Value> Repeat(Value item, long times)
    {
        for (var index = 0L; index < times; index++)
        {
            yield return item;
        }
    }

    private static IEnumerable<Value> Accumulate(RenderState state, Arguments arguments)
    {
        var function = arguments.Count > 1 ? arguments[1] : arguments.TryGetNamed("func", out var named) ? named : Value.None;
        var total = arguments.TryGetNamed("initial", out var initial) && !initial.IsNone ? initial : default;
        if (!total.IsMissing)
        {
            yield return total;
        }

        foreach (var item in state.Iterate(arguments[0]))
        {
            total = total.IsMissing ? item
                : function.IsNone ? Operators.Binary(state, BinaryOperator.Add, total, item)
                : state.Call(function, total, item);
            yield return total;
        }
    }

    private static IEnumerable<Value> Slice(RenderState state, Arguments arguments)
    {
        var (start, stop, step) = arguments.Count switch
        {
            2 => (0L, Bound(1, long.MaxValue), 1L),
            _ => (Bound(1, 0), Bound(2, long.MaxValue), arguments.Count > 3 ? Bound(3, 1) : 1L),
        };
        var index = 0L;
        foreach (var item in start < stop ? state.Iterate(arguments[0]) : [])
        {
            if (index >= start && (index - start) % step == 0)
            {
                yield return item;
            }

            if (++index >= stop)
            {
                yield break;
            }
        }

        long Bound(int position, long fallback) => arguments[position].TryGetInt64(out var bound) ? bound : fallback;
    }

    private static TupleValue Tee(RenderState state, List<Value> items, long times)
    {
        state.CheckItems(Math.Max(0, times));
        return new TupleValue([.. Enumerable.Range(0, (int)Math.Max(0, times)).Select(_ => Lazy(state, "tee", items))]);
    }

    private static IEnumerable<Value> ZipLongest(RenderState state, Arguments arguments)
    {
        var columns = arguments.Positional.Select(items => Items(state, items)).ToList();
        var fill = arguments.TryGetNamed("fillvalue", out var given) ? given : Value.None;
        return Enumerable.Range(0, columns.Count == 0 ? 0 : columns.Max(column => column.Count))
            .Select(row => Value.From(new TupleValue([.. columns.Select(column => row < column.Count ? column[row] : fill)])));
    }

    private static IEnumerable<Value> Product(RenderState state, Arguments arguments)
    {
        var times = arguments.TryGetNamed("repeat", out var repeat) && repeat.TryGetInt64(out var given) ? Math.Max(0, given) : 1;
        state.CheckItems(times, arguments.Count);
        var once = arguments.Positional.Select(items => Items(state, items)).ToList();
        var pools = Enumerable.Repeat(once, (int)times).SelectMany(pool => pool).ToList();
        var indexes = new int[pools.Count];
        var position = pools.Exists(pool => pool.Count == 0) ? -1 : 0;
        while (position >= 0)
        {
            yield return new TupleValue([.. pools.Select((pool, at) => pool[indexes[at]])]);
            position = pools.Count - 1;
            while (position >= 0 && ++indexes[position] == pools[position].Count)
            {
                indexes[position--] = 0;
            }
        }
    }

    /// <summary>
    /// All ways to take r of the items. <paramref name="ahead"/> says how far an index is at least ahead of the one taken before it; without
    /// it each is taken once, in any order.
    /// </summary>
    private static IEnumerable<Value> Choices(RenderState state, Arguments arguments, int? ahead)
    {
        var pool = Items(state, arguments[0]);
        var given = arguments.Count > 1 ? arguments[1] : arguments.TryGetNamed("r", out var named) ? named : Value.None;
        var length = given.TryGetInt64(out var asked) ? asked : pool.Count;
        state.CheckItems(Math.Max(0, length));
        var chosen = new int[Math.Max(0, length)];
        var taken = new bool[pool.Count];
        var depth = length < 0 || (length > pool.Count && ahead != 0) ? -1 : 0;
        while (depth >= 0)
        {
            if (depth == length)
            {
                yield return new TupleValue([.. chosen.Select(index => pool[index])]);
                Release(--depth);
                continue;
            }

            state.Step();

            // What is still to be taken after this one leaves that many indexes.
            var last = ahead == 1 ? pool.Count - (chosen.Length - depth) : pool.Count - 1;
            var at = chosen[depth];
            if (at > last)
            {
                Release(--depth);
            }
            else if (ahead is null && taken[at])
            {
                chosen[depth]++;
            }
            else
            {
                taken[at] = true;
                if (++depth < chosen.Length)
                {
                    chosen[depth] = ahead is { } distance ? at + distance : 0;
                }
            }
        }

        void Release(int position)
        {
            if (position >= 0)
            {
                taken[chosen[position]++] = false;
            }
        }
    }
}
