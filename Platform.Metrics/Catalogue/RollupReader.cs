using System.Collections.Immutable;

namespace Platform.Metrics.Catalogue;

/// <summary>
/// Turns entries of <c>rollups</c> into rollups. One that names what is not there is left out: what it would have answered is answered from facts.
/// </summary>
internal static class RollupReader
{
    public static ImmutableArray<Rollup> Read(ImmutableArray<RollupEntry> entries, ImmutableArray<SemanticModel> models)
    {
        var byName = models.DistinctBy(model => model.Name).ToDictionary(model => model.Name);
        return [.. entries.Select(entry => Read(entry, byName)).OfType<Rollup>()];
    }

    private static Rollup? Read(RollupEntry entry, Dictionary<string, SemanticModel> models)
    {
        if (!models.TryGetValue(entry.SemanticModel, out var model))
        {
            return null;
        }

        var keys = entry.Keys.Select(key => Key(key, model, models)).OfType<RollupKey>().ToImmutableArray();
        var values = entry.Values.Select(Value).OfType<RollupValue>().ToImmutableArray();

        // A key that is not understood makes groups smaller than they seem, which is harmless: they are put together again.
        return new Rollup(entry.Name, entry.SavedQuery, model.Relation, new Relation(entry.NodeRelation.SchemaName, entry.NodeRelation.Alias))
        {
            Keys = keys,
            Values = values,
        };
    }

    private static RollupKey? Key(RollupKeyEntry entry, SemanticModel model, Dictionary<string, SemanticModel> models)
    {
        var way = RollupWay.Own;
        foreach (var step in entry.Path ?? [])
        {
            if (model.FindEntity(step.Entity) is not { } entity || !models.TryGetValue(step.SemanticModel, out var target)
                || target.FindEntity(step.Entity) is not { } key || !target.IsUniqueOn(key))
            {
                return null;
            }

            (way, model) = (RollupWay.Step(way, entity.Expr, target.Relation, key.Expr), target);
        }

        var grain = TimeGrainNames.Find(entry.Grain);
        return entry.Grain is null || grain is not null ? new RollupKey(way, entry.Expr, grain, entry.Column) : null;
    }

    private static RollupValue? Value(RollupValueEntry entry) => entry.Agg switch
    {
        "sum" => new RollupValue(Aggregation.Sum, entry.Expr, entry.Column),
        "count" => new RollupValue(Aggregation.Count, entry.Expr, entry.Column),
        "min" => new RollupValue(Aggregation.Min, entry.Expr, entry.Column),
        "max" => new RollupValue(Aggregation.Max, entry.Expr, entry.Column),
        "sum_boolean" => new RollupValue(Aggregation.SumBoolean, entry.Expr, entry.Column),
        _ => null,
    };
}
