using System.Globalization;
using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Compile.Python;
using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Run.Seeds;

/// <summary>
/// A seed's file as macros see it: the agate table that <c>load_agate_table()</c> gives. The rows stay in the file; they are read when a
/// macro asks for them, which dbt's own macros here do not.
/// </summary>
internal sealed class SeedTable(SeedFile file) : JinjaObject
{
    public SeedFile File { get; } = file;

    public override string TypeName => "Table";

    public override int? Length => (int)File.RowCount;

    public override bool IsTrue => true;

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        value = name switch
        {
            "column_names" => new TupleValue([.. Names.Select(column => Value.From(column))]),
            "column_types" => new TupleValue([.. File.Columns.Select(column => Value.From(column.Type.ToString()))]),
            "columns" => new AgateSequence(Names, index => new SeedTableColumn(File, index)),
            "rows" => new SeedTableRows(File),
            "print_table" => new HostFunction(name, (_, _) => Value.None),
            _ => default,
        };
        return !value.IsMissing;
    }

    public override IEnumerable<Value> Iterate() => new SeedTableRows(File).Iterate();

    private string[] Names => [.. File.Columns.Select(column => column.Name)];

    /// <summary><c>load_agate_table()</c>.</summary>
    public static Value Load(Node node, RenderState state) => node.ResourceType is ResourceType.Seed
        ? new SeedTable(SeedFile.Scan(node, state.CancellationToken))
        : throw new JinjaException(JinjaErrorKind.RuntimeError, $"load_agate_table() is for seeds; '{node.Name}' is a {node.ResourceTypeName}");

    /// <summary><c>adapter.quote_seed_column(column, quote_columns)</c>: quoted unless the configuration says false.</summary>
    public static Value QuoteColumn(Arguments arguments)
    {
        var reader = arguments.Read("adapter.quote_seed_column");
        var column = reader.RequiredString("column");
        var configured = reader.Optional("quote_config", Value.None);
        return configured switch
        {
            { IsNone: true } or { IsUndefined: true } => $"\"{column}\"",
            { Kind: ValueKind.Boolean } => configured.IsTrue ? $"\"{column}\"" : column,
            _ => throw new JinjaException(JinjaErrorKind.RuntimeError, $"quote_columns is true or false, not {configured}. Correct the seed's configuration."),
        };
    }

    /// <summary><c>adapter.convert_type(agate_table, index)</c> of a seed's table.</summary>
    public static Value SqlType(Arguments arguments)
    {
        var reader = arguments.Read("adapter.convert_type");
        var table = reader.Required("agate_table").As<SeedTable>()
            ?? throw new JinjaException(JinjaErrorKind.TypeError, "adapter.convert_type() needs the table that load_agate_table() gives");
        return table.File.Columns[(int)reader.RequiredInteger("col_idx")].SqlType;
    }

    /// <summary>A field as Python would hold it.</summary>
    internal static Value Cell(SeedColumn column, string? text) => (column.Type, text) switch
    {
        (_, null) => Value.None,
        (SeedTypes.Number, _) when column.SqlType == "integer" && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => whole,
        (SeedTypes.Number, _) when decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        (SeedTypes.Boolean, _) => text == "true",
        (SeedTypes.Date, _) => new DateValue(DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture)),
        (SeedTypes.DateTime or SeedTypes.IsoDateTime, _) when DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal) is var time =>
            column.HasOffset ? new DateTimeValue(time) : new DateTimeValue(time.DateTime),
        _ => text,
    };
}

/// <summary>The rows of a <see cref="SeedTable"/>.</summary>
internal sealed class SeedTableRows(SeedFile file) : JinjaObject
{
    public override string TypeName => "MappedSequence";

    public override int? Length => (int)file.RowCount;

    public override bool IsSequence => true;

    public override bool TryGetItem(RenderState state, Value key, out Value value)
    {
        value = Sequences.TryIndex(key, (int)file.RowCount, out var index) ? Iterate().ElementAt(index) : default;
        return !value.IsMissing;
    }

    public override IEnumerable<Value> Iterate()
    {
        string[] names = [.. file.Columns.Select(column => column.Name)];
        return file.Rows().Select(row => Value.From(new AgateRow(names, [.. row.Select((text, index) => SeedTable.Cell(file.Columns[index], text))])));
    }
}

/// <summary>One column of a <see cref="SeedTable"/>.</summary>
internal sealed class SeedTableColumn(SeedFile file, int index) : JinjaObject
{
    public override string TypeName => "Column";

    public override int? Length => (int)file.RowCount;

    public override bool IsSequence => true;

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        value = name switch
        {
            "name" => file.Columns[index].Name,
            "index" => index,
            "values" => new HostFunction(name, (_, _) => new TupleValue([.. Iterate()])),
            "values_distinct" => new HostFunction(name, (_, _) => new TupleValue([.. Iterate().Distinct()])),
            "values_without_nulls" => new HostFunction(name, (_, _) => new TupleValue([.. Iterate().Where(cell => !cell.IsNone)])),
            _ => default,
        };
        return !value.IsMissing;
    }

    public override IEnumerable<Value> Iterate() => file.Rows().Select(row => SeedTable.Cell(file.Columns[index], row[index]));
}
