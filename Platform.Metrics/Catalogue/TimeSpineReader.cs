using System.Collections.Immutable;

namespace Platform.Metrics.Catalogue;

/// <summary>Turns <c>project_configuration</c> into time spines, the legacy form included.</summary>
internal static class TimeSpineReader
{
    public static ImmutableArray<TimeSpine> Read(ProjectConfigurationEntry? entry)
    {
        var spines = (entry?.TimeSpines ?? []).Select(spine => new TimeSpine(
            new Relation(spine.NodeRelation.SchemaName, spine.NodeRelation.Alias),
            spine.PrimaryColumn.Name,
            TimeGrainNames.Find(spine.PrimaryColumn.TimeGranularity) ?? TimeGrain.Day)
        {
            CustomGrains = [.. (spine.CustomGranularities ?? []).Select(grain => new CustomGrain(grain.Name, grain.ColumnName ?? grain.Name))],
        }).ToImmutableArray();

        // The older form is written beside the newer one for the same relation.
        var legacy = (entry?.TimeSpineTableConfigurations ?? [])
            .Select(spine => (Relation: RelationOf(spine.Location), spine.ColumnName, Grain: TimeGrainNames.Find(spine.Grain) ?? TimeGrain.Day))
            .Where(spine => spine.Relation is not null && !spines.Any(known => known.Relation == spine.Relation || known.Grain == spine.Grain))
            .Select(spine => new TimeSpine(spine.Relation!, spine.ColumnName, spine.Grain));
        return [.. spines, .. legacy];
    }

    /// <summary>The relation that <c>"database"."schema"."name"</c> names, quoted or not.</summary>
    private static Relation? RelationOf(string location) =>
        location.Split('.').Select(part => part.Trim('"')).ToArray() is [.., var schema, var name] ? new Relation(schema, name) : null;
}
