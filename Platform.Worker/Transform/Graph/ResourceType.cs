namespace Platform.Worker.Transform.Graph;

/// <summary>The kinds of resources of a project; each of them is a <see cref="Node"/> of the graph.</summary>
internal enum ResourceType
{
    Model,
    Seed,
    Snapshot,
    Analysis,
    Test,
    UnitTest,
    Source,
    Operation,
    Exposure,
    Metric,
    SemanticModel,
    SavedQuery,
}

internal static class ResourceTypes
{
    /// <summary>The name as dbt writes it in unique ids, artifacts and selectors.</summary>
    public static string Name(this ResourceType type) => type switch
    {
        ResourceType.Model => "model",
        ResourceType.Seed => "seed",
        ResourceType.Snapshot => "snapshot",
        ResourceType.Analysis => "analysis",
        ResourceType.Test => "test",
        ResourceType.UnitTest => "unit_test",
        ResourceType.Source => "source",
        ResourceType.Operation => "operation",
        ResourceType.Exposure => "exposure",
        ResourceType.Metric => "metric",
        ResourceType.SemanticModel => "semantic_model",
        _ => "saved_query",
    };
}
