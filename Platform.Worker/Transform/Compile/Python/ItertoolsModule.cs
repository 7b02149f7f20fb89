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
        { "chain", new PythonClass("itertools.chain", static (state, arguments) => Lazy(state, "chain", arguments.Positional.SelectMany(items => items.Iterate())), new Dictionary<string, Value>
            {
                ["from_iterable"] = new HostFunction("from_iterable", static (state, arguments) => Lazy(state, "chain", arguments[0].Iterate().SelectMany(items => items.Iterate()))),
            }) },
        { "compress", static (state, arguments) => Lazy(state, "compress", arguments[0].Iterate().Zip(arguments[1].Iterate()).Where(pair => pair.Second.IsTrue).Select(pair => pair.First)) },
        { "islice", static (state, arguments) => Lazy(state, "islice", Slice(arguments)) },
        { "starmap", static (state, arguments) => Lazy(state, "starmap", arguments[1].Iterate().Select(items => state.Call(arguments[0], [.. items.Iterate()]))) },
        { "tee", static (state, arguments) => Tee(state, Items(state, arguments[0]), arguments.Count > 1 && arguments[1].TryGetInt64(out var times) ? times : 2) },
        { "zip_longest", static (state, arguments) => Lazy(state, "zip_longest", ZipLongest(state, arguments)) },
        { "product", static (state, arguments) => Lazy(state, "product", Product(state, arguments)) },
        { "permutations", static (state, arguments) => Lazy(state, "permutations", Choices(state, arguments, (chosen, next) => !chosen.Contains(next))) },
        { "combinations", static (state, arguments) => Lazy(state, "combinations", Choices(state, arguments, (chosen, next) => chosen.Length == 0 || chosen[^1] < next)) },
        { "combinations_with_replacement", static (state, arguments) =>
            Lazy(state, "combinations_with_replacement", Choices(state, arguments, (chosen, next) => chosen.Length == 0 || chosen[^1] <= next)) },
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

    private static List<Value> Items(RenderState state, Value items) => [.. state.Iterate(items)];

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

        foreach (var item in arguments[0].Iterate())
        {
            total = total.IsMissing ? item
                : function.IsNone ? Operators.Binary(state, BinaryOperator.Add, total, item)
                : state.Call(function, total, item);
            yield return total;
        }
    }

    private static IEnumerable<Value> Slice(Arguments arguments)
    {
        var (start, stop, step) = arguments.Count switch
        {
            2 => (0L, Bound(1, long.MaxValue), 1L),
            _ => (Bound(1, 0), Bound(2, long.MaxValue), arguments.Count > 3 ? Bound(3, 1) : 1L),
        };
        var index = 0L;
        foreach (var item in start < stop ? arguments[0].Iterate() : [])
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

    private static TupleValue Tee(RenderState state, List<Value> items, long times) =>
        new([.. Enumerable.Range(0, (int)times).Select(_ => Lazy(state, "tee", items))]);

    private static IEnumerable<Value> ZipLongest(RenderState state, Arguments arguments)
    {
        var columns = arguments.Positional.Select(items => Items(state, items)).ToList();
        var fill = arguments.TryGetNamed("fillvalue", out var given) ? given : Value.None;
        return Enumerable.Range(0, columns.Count == 0 ? 0 : columns.Max(column => column.Count))
            .Select(row => Value.From(new TupleValue([.. columns.Select(column => row < column.Count ? column[row] : fill)])));
    }

    private static IEnumerable<Value> Product(RenderState state, Arguments arguments)
    {
        var times = arguments.TryGetNamed("repeat", out var repeat) && repeat.TryGetInt64(out var given) ? (int)given : 1;
        var pools = Enumerable.Repeat(arguments.Positional.Select(items => Items(state, items)), times).SelectMany(pool => pool).ToList();
        IEnumerable<Value[]> rows = [[]];
        foreach (var pool in pools)
        {
            rows = rows.SelectMany(row => pool.Select(item => (Value[])[.. row, item]));
        }

        return rows.Select(row => Value.From(new TupleValue(row)));
    }

    /// <summary>All ways to take r of the items, where an index may follow those taken before it when the rule says so.</summary>
    private static IEnumerable<Value> Choices(RenderState state, Arguments arguments, Func<int[], int, bool> mayFollow)
    {
        var pool = Items(state, arguments[0]);
        var given = arguments.Count > 1 ? arguments[1] : arguments.TryGetNamed("r", out var named) ? named : Value.None;
        var length = given.TryGetInt64(out var taken) ? (int)taken : pool.Count;
        IEnumerable<int[]> rows = [[]];
        for (var position = 0; position < length; position++)
        {
            rows = rows.SelectMany(row => Enumerable.Range(0, pool.Count).Where(next => MayFollow(row, next)).Select(next => (int[])[.. row, next]));
        }

        return rows.Select(row => Value.From(new TupleValue([.. row.Select(index => pool[index])])));

        bool MayFollow(int[] row, int next)
        {
            state.Step();
            return mayFollow(row, next);
        }
    }
}
