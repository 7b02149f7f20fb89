using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Compile;

/// <summary>The methods of agate's tables that templates use: those that choose, order, rename and print.</summary>
internal static class AgateMethods
{
    /// <summary>As agate sorts: None last.</summary>
    public static IComparer<Value> Order { get; } = Comparer<Value>.Create(static (left, right) =>
        left.IsNone || right.IsNone ? left.IsNone.CompareTo(right.IsNone) : Operators.Compare(left, right, "<"));

    public static HostDelegate? Find(AgateTable table, string name) => name switch
    {
        "select" => (_, arguments) => Only(table, Names(arguments)),
        "exclude" => (_, arguments) => Only(table, [.. table.Columns.Except(Names(arguments))]),
        "rename" => (_, arguments) => Rename(table, arguments),
        "where" => (state, arguments) => new AgateTable(table.Columns, [.. Matching(table, state, arguments[0])]),
        "find" => (state, arguments) => Matching(table, state, arguments[0]).FirstOrDefault() is { } row ? new AgateRow(table.Columns, row) : Value.None,
        "limit" => (_, arguments) => Limit(table, arguments),
        "order_by" => (state, arguments) => OrderBy(table, state, arguments),
        "distinct" => (state, arguments) => Distinct(table, state, arguments),
        "group_by" => (state, arguments) => GroupBy(table, state, arguments),
        "print_table" => (state, arguments) => Print(state, AgatePrint.Table(table, arguments)),
        "print_csv" => (state, _) => Print(state, AgatePrint.Csv(table)),
        "print_json" => (state, _) => Print(state, AgatePrint.Json(state, table)),
        "print_structure" => (state, _) => Print(state, AgatePrint.Structure(table)),
        "to_json" => (state, arguments) => arguments.Count > 0 ? Reject("to_json") : AgatePrint.Json(state, table),
        "to_csv" => (_, arguments) => arguments.Count > 0 ? Reject("to_csv") : AgatePrint.Csv(table),
        _ => null,
    };

    private static IReadOnlyList<string> Names(Arguments arguments) =>
        arguments[0].IsString ? [arguments[0].AsString()] : [.. arguments[0].Iterate().Select(name => name.ToString())];

    private static AgateTable Only(AgateTable table, IReadOnlyList<string> names)
    {
        int[] indexes = [.. names.Select(name => IndexOf(table, name))];
        return new AgateTable(names, [.. table.Rows.Select(row => Array.ConvertAll(indexes, index => row[index]))]);
    }

    private static AgateTable Rename(AgateTable table, Arguments arguments)
    {
        var given = arguments.Count > 0 ? arguments[0] : arguments.TryGetNamed("column_names", out var named) ? named : Value.None;
        return new AgateTable(
            given switch
            {
                { IsNone: true } => table.Columns,
                _ when given.As<DictValue>() is { } changes => [.. table.Columns.Select(name => changes.TryGetValue(name, out var changed) ? changed.ToString() : name)],
                _ => [.. given.Iterate().Select(name => name.ToString())],
            },
            table.Rows);
    }

    private static IEnumerable<Value[]> Matching(AgateTable table, RenderState state, Value test) =>
        table.Rows.Where(row => state.Call(test, new AgateRow(table.Columns, row)).IsTrue);

    private static AgateTable Limit(AgateTable table, Arguments arguments)
    {
        var reader = arguments.Read("limit");
        var (first, second) = (reader.Optional("start_or_stop", Value.None), reader.Optional("stop", Value.None));
        var step = (int)reader.OptionalInteger("step", 1);
        var (start, stop) = second.IsNone ? (0, Number(first, table.Rows.Count)) : (Number(first, 0), Number(second, table.Rows.Count));
        return new AgateTable(table.Columns, [.. table.Rows.Take(stop).Skip(start).Where((_, index) => index % step == 0)]);

        static int Number(Value value, int fallback) => value.TryGetInt64(out var number) ? (int)number : fallback;
    }

    private static AgateTable OrderBy(AgateTable table, RenderState state, Arguments arguments)
    {
        var reader = arguments.Read("order_by");
        var key = Key(table, state, reader.Required("key"));
        var descending = reader.OptionalBoolean("reverse", false);
        var order = Comparer<Value[]>.Create(static (left, right) =>
            left.Zip(right).Select(pair => Order.Compare(pair.First, pair.Second)).FirstOrDefault(difference => difference != 0));
        return new AgateTable(table.Columns, [.. descending ? table.Rows.OrderByDescending(key, order) : table.Rows.OrderBy(key, order)]);
    }

    private static AgateTable Distinct(AgateTable table, RenderState state, Arguments arguments)
    {
        var key = arguments.Count > 0 && !arguments[0].IsNone ? Key(table, state, arguments[0]) : row => row;
        return new AgateTable(table.Columns, [.. table.Rows.DistinctBy(row => Value.From(new TupleValue(key(row))))]);
    }

    /// <summary>agate's table set: the groups in the order met, each a table.</summary>
    private static AgateSequence GroupBy(AgateTable table, RenderState state, Arguments arguments)
    {
        var key = Key(table, state, arguments[0]);
        var groups = table.Rows.GroupBy(row => Value.From(new TupleValue(key(row)))).ToList();
        return new AgateSequence(
            [.. groups.Select(group => string.Join(", ", group.Key.Iterate()))], index => new AgateTable(table.Columns, [.. groups[index]]));
    }

    private static Func<Value[], Value[]> Key(AgateTable table, RenderState state, Value key)
    {
        if (key.IsString)
        {
            var index = IndexOf(table, key.AsString());
            return row => [row[index]];
        }

        if (key.Object is { IsCallable: true })
        {
            return row => [state.Call(key, new AgateRow(table.Columns, row))];
        }

        int[] indexes = [.. key.Iterate().Select(name => IndexOf(table, name.ToString()))];
        return row => Array.ConvertAll(indexes, index => row[index]);
    }

    private static int IndexOf(AgateTable table, string name)
    {
        for (var index = 0; index < table.Columns.Count; index++)
        {
            if (table.Columns[index] == name)
            {
                return index;
            }
        }

        throw new JinjaException(JinjaErrorKind.KeyError, $"the table has no column '{name}'; it has {string.Join(", ", table.Columns)}");
    }

    private static Value Print(RenderState state, string text)
    {
        var invocation = ((NodeContext)state.Host!).Invocation;
        if (invocation.Flags.Print)
        {
            invocation.Output?.Print(text.TrimEnd('\n'));
        }

        return Value.None;
    }

    private static Value Reject(string method) =>
        throw new JinjaException(JinjaErrorKind.RuntimeError, $"{method}() writes no files here. Call it without an argument for the text, or {method.Replace("to_", "print_", StringComparison.Ordinal)}().");
}
