using Platform.Worker.Transform.Run;

namespace Platform.Worker.Transform.Catalog;

/// <summary>
/// The columns of relations as one node asks for them. An answer holds until the node's session is given a statement that may change it, so
/// that macros which ask again and again cost one round trip.
/// </summary>
internal sealed class ColumnCache(PostgresSession session)
{
    private readonly Dictionary<(string? Schema, string Identifier), QueuedStatement> _asked = [];
    private int _version;

    public IReadOnlyList<ColumnInfo> Of(Relation relation) => WarehouseCatalog.ReadColumns(Ask(relation));

    /// <summary>Asks for the columns of several relations in one round trip.</summary>
    public void Prefetch(params ReadOnlySpan<Relation> relations)
    {
        foreach (var relation in relations)
        {
            Ask(relation);
        }
    }

    private QueuedStatement Ask(Relation relation)
    {
        if (_version != session.Writes)
        {
            _asked.Clear();
            _version = session.Writes;
        }

        var key = (relation.IncludeSchema ? relation.Schema : null, relation.Identifier!);
        if (!_asked.TryGetValue(key, out var queued))
        {
            _asked[key] = queued = WarehouseCatalog.QueueColumns(session, key.Item1, key.Item2);
        }

        return queued;
    }
}
