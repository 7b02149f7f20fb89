using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Compile;

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
            "data_type" => new AgateTypeValue(table.ColumnTypes[index]),
            "values_sorted" => new HostFunction(name, (_, _) => new TupleValue([.. Iterate().OrderBy(cell => cell, AgateMethods.Order)])),
            "values_without_nulls_sorted" => new HostFunction(
                name, (_, _) => new TupleValue([.. Iterate().Where(cell => !cell.IsNone).OrderBy(cell => cell, AgateMethods.Order)])),
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

    public override bool ValueEquals(Value other) => other.As<AgateColumn>() is { } column && column.Iterate().SequenceEqual(Iterate());

    public override int ValueHash() => HashCode.Combine(table.Columns[index], table.Rows.Count);

    public override string ToString() => $"<agate.Column: {table.Columns[index]}>";

    public override IEnumerable<Value> Iterate() => table.Rows.Select(row => row[index]);
}
