using System.Collections.Concurrent;

namespace Platform.Worker.Transform.Lineage;

/// <summary>The last lineage of each model, for as long as its compiled SQL and the columns of its inputs stay the same.</summary>
internal sealed class LineageCache
{
    private readonly ConcurrentDictionary<string, (string Key, ModelLineage Lineage)> _known = new();

    public ModelLineage? Find(string uniqueId, string key) => _known.TryGetValue(uniqueId, out var known) && known.Key == key ? known.Lineage : null;

    public void Remember(string uniqueId, string key, ModelLineage lineage) => _known[uniqueId] = (key, lineage);
}
