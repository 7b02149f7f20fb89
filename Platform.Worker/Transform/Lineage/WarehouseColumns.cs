using Platform.Worker.Transform.Run;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Transform.Lineage;

/// <summary>Names and columns of relations by the server's numbers.</summary>
internal sealed class WarehouseColumns
{
    private readonly Dictionary<uint, Entry> _byOid = [];
    private readonly Dictionary<(string Schema, string Name), Entry> _byName = [];

    private sealed record Entry(string Schema, string Name)
    {
        public Dictionary<int, string> Columns { get; } = [];
    }

    /// <summary>Reads the relations of these schemas.</summary>
    public static WarehouseColumns Read(PostgresSession session, IEnumerable<string> schemas)
    {
        var columns = new WarehouseColumns();
        columns.Add(session, $"n.nspname in ({string.Join(", ", schemas.Select(Sql.Literal))})");
        return columns;
    }

    /// <summary>Reads those of the relations that are not known yet.</summary>
    public void Complete(PostgresSession session, IEnumerable<uint> relations)
    {
        var missing = relations.Where(relation => !_byOid.ContainsKey(relation)).Distinct().ToList();
        if (missing.Count > 0)
        {
            Add(session, $"c.oid in ({string.Join(", ", missing)})");
        }
    }

    /// <summary>Schema and name of a relation.</summary>
    public (string Schema, string Name) Name(uint relation) => (_byOid[relation].Schema, _byOid[relation].Name);

    public string Column(uint relation, int number) => number == 0 ? "*" : _byOid[relation].Columns.GetValueOrDefault(number, "");

    /// <summary>The columns of a relation as text that changes when they do.</summary>
    public string Signature(string schema, string name) =>
        _byName.TryGetValue((schema, name), out var entry) ? string.Join('\n', entry.Columns.Values) : "";

    private void Add(PostgresSession session, string condition)
    {
        var result = session.Query(
            $"""
            select c.oid, n.nspname, c.relname, a.attnum, a.attname
            from pg_catalog.pg_class c
            join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            where c.relkind in ('r', 'p', 'v', 'm', 'f') and {condition}
            order by c.oid, a.attnum
            """);
        foreach (var row in result.Rows)
        {
            var oid = (uint)row[0]!;
            if (!_byOid.TryGetValue(oid, out var entry))
            {
                _byOid[oid] = entry = new Entry((string)row[1]!, (string)row[2]!);
                _byName[(entry.Schema, entry.Name)] = entry;
            }

            entry.Columns[(short)row[3]!] = (string)row[4]!;
        }
    }
}
