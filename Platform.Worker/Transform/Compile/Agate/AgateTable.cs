using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Run;

namespace Platform.Worker.Transform.Compile;

/// <summary>
/// The rows of a query as macros see them: an agate table (https://agate.readthedocs.io/en/latest/api/table.html), which is what dbt hands out.
/// Immutable: its methods give new tables.
/// </summary>
internal sealed class AgateTable : JinjaObject
{
    private readonly Lazy<(IReadOnlyList<string> Columns, IReadOnlyList<Value[]> Rows)> _content;
    private AgateType[]? _types;

    public AgateTable(QueryResult result) => _content = new(Read(result));

    public AgateTable(IReadOnlyList<string> columns, IReadOnlyList<Value[]> rows) => _content = new((columns, rows));

    /// <summary>The rows of a statement that is still queued; it is sent when somebody looks.</summary>
    public AgateTable(QueuedStatement pending) => _content = new(() => Read(pending.Result), isThreadSafe: false);

    public IReadOnlyList<string> Columns => _content.Value.Columns;

    public IReadOnlyList<Value[]> Rows => _content.Value.Rows;

    /// <summary>What each column holds, as agate infers it.</summary>
    public IReadOnlyList<AgateType> ColumnTypes => _types ??= [.. Enumerable.Range(0, Columns.Count).Select(column => AgateCell.TypeOf(Rows.Select(row => row[column])))];

    public override string TypeName => "Table";

    public override int? Length => Rows.Count;

    public override bool IsTrue => true;

    public Value Row(int index) => new AgateRow(Columns, Rows[index]);

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        value = name switch
        {
            "columns" => new AgateSequence(Columns, index => new AgateColumn(this, index)),
            "rows" => new ListValue(Iterate()),
            "column_names" => new TupleValue([.. Columns.Select(column => Value.From(column))]),
            "column_types" => new TupleValue([.. ColumnTypes.Select(type => Value.From(new AgateTypeValue(type)))]),
            "row_names" => Value.None,
            _ when AgateMethods.Find(this, name) is { } method => new HostFunction(name, (inner, arguments) => method(inner, arguments)),
            _ => default,
        };
        return !value.IsMissing;
    }

    public override bool TryGetItem(RenderState state, Value key, out Value value)
    {
        value = Sequences.TryIndex(key, Rows.Count, out var index) ? Row(index) : default;
        return !value.IsMissing;
    }

    public override IEnumerable<Value> Iterate() => Enumerable.Range(0, Rows.Count).Select(Row);

    public override string ToString() => AgatePrint.Structure(this);

    private static (IReadOnlyList<string>, IReadOnlyList<Value[]>) Read(QueryResult result) =>
        (result.Columns, [.. result.Rows.Select(row => Array.ConvertAll(row, AgateCell.Of))]);
}
