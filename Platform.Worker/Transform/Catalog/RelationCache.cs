using System.Collections.Concurrent;
using Platform.Worker.Transform.Run;

namespace Platform.Worker.Transform.Catalog;

/// <summary>
/// The relations that exist, read once per build for all schemas it touches and kept up to date by the adapter as nodes create, rename and
/// drop. A schema asked for later is read then.
/// </summary>
internal sealed class RelationCache(string database)
{
    private readonly ConcurrentDictionary<(string Schema, string Identifier), Relation> _relations = new();
    private readonly ConcurrentDictionary<string, byte> _schemas = new();

    public void Load(PostgresSession session, IEnumerable<string> schemas)
    {
        var missing = schemas.Where(schema => !_schemas.ContainsKey(schema)).Distinct().ToList();
        if (missing.Count == 0)
        {
            return;
        }

        foreach (var relation in WarehouseCatalog.Relations(session, database, missing))
        {
            Add(relation);
        }

        foreach (var schema in missing)
        {
            _schemas[schema] = 0;
        }
    }

    public Relation? Find(PostgresSession session, string schema, string identifier)
    {
        Load(session, [schema]);
        return Find(schema, identifier);
    }

    public Relation? Find(string schema, string identifier) => _relations.TryGetValue((schema, identifier), out var relation) ? relation : null;

    public IReadOnlyList<Relation> In(PostgresSession session, string schema)
    {
        Load(session, [schema]);
        return [.. _relations.Where(entry => entry.Key.Schema == schema).Select(entry => entry.Value)];
    }

    public void Add(Relation relation) => _relations[(relation.Schema!, relation.Identifier!)] = relation;

    public void Remove(Relation relation) => _relations.TryRemove((relation.Schema!, relation.Identifier!), out _);

    public void RemoveSchema(string schema)
    {
        foreach (var key in _relations.Keys.Where(key => key.Schema == schema))
        {
            _relations.TryRemove(key, out _);
        }
    }

    public void Rename(Relation from, Relation to)
    {
        if (_relations.TryRemove((from.Schema!, from.Identifier!), out var known))
        {
            Add(to with { Type = to.Type ?? known.Type });
        }
    }
}
