using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Run;

namespace Platform.Worker.Transform.Compile;

/// <summary>The rows of a query as macros see them: an agate table (https://agate.readthedocs.io), which is what dbt hands out.</summary>
internal sealed class AgateTable : JinjaObject
{
    private readonly Lazy<(IReadOnlyList<string> Columns, IReadOnlyList<Value[]> Rows)> _content;

    public AgateTable(QueryResult result) => _content = new(Read(result));

    /// <summary>The rows of a statement that is still queued; it is sent when somebody looks.</summary>
    public AgateTable(QueuedStatement pending) => _content = new(() => Read(pending.Result), isThreadSafe: false);

    public IReadOnlyList<string> Columns => _content.Value.Columns;

    public IReadOnlyList<Value[]> Rows => _content.Value.Rows;

    public override string TypeName => "Table";

    public override int? Length => Rows.Count;

    public override bool IsTrue => true;

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        value = name switch
        {
            "columns" => new AgateSequence(Columns, index => new AgateColumn(this, index)),
            "rows" => new ListValue(Rows.Select(row => Value.From(new AgateRow(Columns, row)))),
            "column_names" => new TupleValue([.. Columns.Select(column => Value.From(column))]),
            "print_table" => new HostFunction(name, (_, _) => Value.None),
            _ => default,
        };
        return !value.IsMissing;
    }

    public override bool TryGetItem(RenderState state, Value key, out Value value)
    {
        value = key.TryGetInt64(out var index) && index >= 0 && index < Rows.Count ? new AgateRow(Columns, Rows[(int)index]) : default(Value);
        return !value.IsMissing;
    }

    public override IEnumerable<Value> Iterate() => Rows.Select(row => Value.From(new AgateRow(Columns, row)));

    private static (IReadOnlyList<string>, IReadOnlyList<Value[]>) Read(QueryResult result) =>
        (result.Columns, [.. result.Rows.Select(row => Array.ConvertAll(row, Cell))]);

    /// <summary>A value of the driver as Python's driver would give it.</summary>
    private static Value Cell(object? value) => value switch
    {
        null => Value.None,
        DateTime time => new DateTimeValue(new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)), hasOffset: time.Kind is DateTimeKind.Utc),
        DateOnly date => new DateTimeValue(new DateTimeOffset(date.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero), dateOnly: true),
        Guid or TimeSpan or TimeOnly => value.ToString(),
        byte[] bytes => Convert.ToHexStringLower(bytes),
        bool or string or short or int or long or float or double or decimal => Value.FromClr(value),
        Array array => new ListValue(array.Cast<object?>().Select(Cell)),
        _ => value.ToString(),
    };
}

/// <summary>A column of an <see cref="AgateTable"/>: its values by position, and <c>.values()</c>.</summary>
internal sealed class AgateColumn(AgateTable table, int index) : JinjaObject
{
    public override string TypeName => "Column";

    public override int? Length => table.Rows.Count;

    public override bool IsSequence => true;

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        value = name switch
        {
            "name" => table.Columns[index],
            "index" => index,
            "values" => new HostFunction(name, (_, _) => new TupleValue([.. Iterate()])),
            "values_distinct" => new HostFunction(name, (_, _) => new TupleValue([.. Iterate().Distinct()])),
            "values_without_nulls" => new HostFunction(name, (_, _) => new TupleValue([.. Iterate().Where(cell => !cell.IsNone)])),
            _ => default,
        };
        return !value.IsMissing;
    }

    public override bool TryGetItem(RenderState state, Value key, out Value value)
    {
        value = Sequences.TryIndex(key, table.Rows.Count, out var row) ? table.Rows[row][index] : default;
        return !value.IsMissing;
    }

    public override IEnumerable<Value> Iterate() => table.Rows.Select(row => row[index]);
}

/// <summary>A row of an <see cref="AgateTable"/>: cells by position or by column name.</summary>
internal sealed class AgateRow(IReadOnlyList<string> columns, Value[] cells) : JinjaObject
{
    public override string TypeName => "Row";

    public override int? Length => cells.Length;

    public override bool IsSequence => true;

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        switch (name)
        {
            case "values":
                value = new HostFunction(name, (_, _) => new TupleValue([.. cells]));
                return true;
            case "keys":
                value = new HostFunction(name, (_, _) => new TupleValue([.. columns.Select(column => Value.From(column))]));
                return true;
            case "dict" or "items":
                value = new HostFunction(name, (_, _) => name == "dict" ? Value.From(Dict()) : Value.From(new ListValue(
                    Dict().Items.Select(pair => Value.From(new TupleValue([pair.Key, pair.Value]))))));
                return true;
            case "get":
                value = new HostFunction(name, (inner, arguments) =>
                    TryGetItem(inner, arguments[0], out var cell) ? cell : arguments.Count > 1 ? arguments[1] : Value.None);
                return true;
            default:
                return TryGetItem(state, name, out value);
        }
    }

    public override bool TryGetItem(RenderState state, Value key, out Value value)
    {
        var index = -1;
        if (key.TryGetString(out var name))
        {
            for (var column = 0; column < columns.Count && index < 0; column++)
            {
                index = string.Equals(columns[column], name, StringComparison.OrdinalIgnoreCase) ? column : -1;
            }
        }
        else if (!Sequences.TryIndex(key, cells.Length, out index))
        {
            index = -1;
        }

        value = index >= 0 ? cells[index] : default;
        return index >= 0;
    }

    public override IEnumerable<Value> Iterate() => cells;

    public override string ToString() => new TupleValue([.. cells]).ToString();

    private DictValue Dict() => DictValue.From(columns.Zip(cells, KeyValuePair.Create));
}

/// <summary>agate's mapped sequence: elements by position or by name.</summary>
internal sealed class AgateSequence(IReadOnlyList<string> names, Func<int, JinjaObject> element) : JinjaObject
{
    public override string TypeName => "MappedSequence";

    public override int? Length => names.Count;

    public override bool IsSequence => true;

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        value = name switch
        {
            "keys" => new HostFunction(name, (_, _) => new TupleValue([.. names.Select(key => Value.From(key))])),
            "values" => new HostFunction(name, (_, _) => new TupleValue([.. Iterate()])),
            "items" => new HostFunction(name, (_, _) => new ListValue(
                names.Select((key, index) => Value.From(new TupleValue([key, Value.From(element(index))]))))),
            "get" => new HostFunction(name, (inner, arguments) => TryGetItem(inner, arguments[0], out var found) ? found : Value.None),
            _ => default,
        };
        return !value.IsMissing || TryGetItem(state, name, out value);
    }

    public override bool TryGetItem(RenderState state, Value key, out Value value)
    {
        for (var index = 0; index < names.Count && key.IsString; index++)
        {
            if (names[index] == key.AsString())
            {
                value = element(index);
                return true;
            }
        }

        value = Sequences.TryIndex(key, names.Count, out var position) ? Value.From(element(position)) : default;
        return !value.IsMissing;
    }

    public override IEnumerable<Value> Iterate() => names.Select((_, index) => Value.From(element(index)));
}
