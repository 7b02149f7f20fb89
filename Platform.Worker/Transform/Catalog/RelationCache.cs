using Platform.Worker.Transform.Run;

namespace Platform.Worker.Transform.Catalog;

/// <summary>
/// The relations that exist and the views that go when one of them is dropped, read once per build for all schemas it touches and kept up to
/// date by the adapter as nodes create, rename and drop. A schema asked for later is read then.
/// </summary>
internal sealed class RelationCache(string database)
{
    private readonly Lock _gate = new();
    private readonly Lock _loading = new();
    private readonly Dictionary<(string Schema, string Identifier), Entry> _entries = [];
    private readonly HashSet<string> _schemas = [];

    public void Load(PostgresSession session, IEnumerable<string> schemas)
    {
        var wanted = schemas.ToList();
        if (IsLoaded(wanted))
        {
            return;
        }

        lock (_loading)
        {
            List<string> missing;
            lock (_gate)
            {
                missing = [.. wanted.Where(schema => !_schemas.Contains(schema)).Distinct()];
            }

            if (missing.Count == 0)
            {
                return;
            }

            var (relations, links) = WarehouseCatalog.Relations(session, database, missing);
            lock (_gate)
            {
                foreach (var relation in relations)
                {
                    _entries.TryAdd(Key(relation), new Entry(relation));
                }

                foreach (var (referenced, dependent) in links)
                {
                    if (_entries.TryGetValue(referenced, out var from) && _entries.TryGetValue(dependent, out var to))
                    {
                        from.Dependents.Add(to);
                    }
                }

                _schemas.UnionWith(missing);
            }
        }
    }

    public Relation? Find(PostgresSession session, string schema, string identifier)
    {
        Load(session, [schema]);
        return Find(schema, identifier);
    }

    public Relation? Find(string schema, string identifier)
    {
        lock (_gate)
        {
            return _entries.GetValueOrDefault((schema, identifier))?.Relation;
        }
    }

    public IReadOnlyList<Relation> In(PostgresSession session, string schema)
    {
        Load(session, [schema]);
        lock (_gate)
        {
            return [.. _entries.Where(entry => entry.Key.Schema == schema).Select(entry => entry.Value.Relation)];
        }
    }

    public void Add(Relation relation)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(Key(relation), out var known))
            {
                known.Relation = relation;
            }
            else
            {
                _entries[Key(relation)] = new Entry(relation);
            }
        }
    }

    /// <summary>Forgets a relation that is dropped, and the views that go with it.</summary>
    public void Remove(Relation relation)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(Key(relation), out var entry))
            {
                Remove(entry);
            }
        }
    }

    public void RemoveSchema(string schema)
    {
        lock (_gate)
        {
            foreach (var entry in _entries.Where(entry => entry.Key.Schema == schema).Select(entry => entry.Value).ToList())
            {
                Remove(entry);
            }
        }
    }

    public void Rename(Relation from, Relation to)
    {
        lock (_gate)
        {
            if (_entries.Remove(Key(from), out var entry))
            {
                entry.Relation = to with { Type = to.Type ?? entry.Relation.Type };
                _entries[Key(to)] = entry;
            }
        }
    }

    private bool IsLoaded(IReadOnlyList<string> schemas)
    {
        lock (_gate)
        {
            return schemas.All(_schemas.Contains);
        }
    }

    private void Remove(Entry entry)
    {
        if (_entries.TryGetValue(Key(entry.Relation), out var current) && current == entry)
        {
            _entries.Remove(Key(entry.Relation));
            entry.Dependents.ForEach(Remove);
        }
    }

    private static (string Schema, string Identifier) Key(Relation relation) => (relation.Schema!, relation.Identifier!);

    private sealed class Entry(Relation relation)
    {
        public Relation Relation { get; set; } = relation;

        public List<Entry> Dependents { get; } = [];
    }
}
