using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform;

/// <summary>Which kinds of resources a verb works on.</summary>
internal static class VerbResources
{
    /// <summary>True when the verb works on resources of this kind and the request does not leave them out.</summary>
    public static bool Includes(BuildRequest request, ResourceType type) =>
        Of(request.Verb).Contains(type)
        && (request.ResourceTypes.Count == 0 || request.ResourceTypes.Contains("all") || request.ResourceTypes.Contains("default") || request.ResourceTypes.Contains(type.Name()))
        && !request.ExcludeResourceTypes.Contains(type.Name());

    private static IReadOnlyList<ResourceType> Of(TransformVerb verb) => verb switch
    {
        TransformVerb.Run => [ResourceType.Model],
        TransformVerb.Test => [ResourceType.Test, ResourceType.UnitTest],
        TransformVerb.Seed => [ResourceType.Seed],
        TransformVerb.Snapshot => [ResourceType.Snapshot],
        TransformVerb.SourceFreshness => [ResourceType.Source],
        TransformVerb.Clone => [ResourceType.Model, ResourceType.Seed, ResourceType.Snapshot],
        TransformVerb.Compile or TransformVerb.DocsGenerate or TransformVerb.Show =>
            [ResourceType.Model, ResourceType.Test, ResourceType.Snapshot, ResourceType.Analysis, ResourceType.Seed],
        TransformVerb.List => Enum.GetValues<ResourceType>(),
        _ =>
        [
            ResourceType.Model, ResourceType.Seed, ResourceType.Snapshot, ResourceType.Test, ResourceType.UnitTest, ResourceType.SavedQuery,
            ResourceType.Exposure,
        ],
    };
}
