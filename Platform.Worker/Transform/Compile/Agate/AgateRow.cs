using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Compile;

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

    public override bool ValueEquals(Value other) => other.As<AgateRow>() is { } row && row.Iterate().SequenceEqual(cells);

    public override int ValueHash() => cells.Length == 0 ? 0 : cells[0].GetHashCode();

    public override string ToString() => new TupleValue([.. cells]).ToString();

    private DictValue Dict() => DictValue.From(columns.Zip(cells, KeyValuePair.Create));
}
