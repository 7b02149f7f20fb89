namespace Platform.Worker.Transform.Graph.Selection;

/// <summary>The kinds of resources that each verb works on, narrowed by <c>--resource-type</c> and <c>--exclude-resource-type</c>.</summary>
internal static class VerbResources
{
    private static readonly ResourceType[] Referable = [ResourceType.Model, ResourceType.Seed, ResourceType.Snapshot];

    private static readonly ResourceType[] Listed =
    [
        .. Referable, ResourceType.Test, ResourceType.UnitTest, ResourceType.Source, ResourceType.Exposure, ResourceType.Metric,
        ResourceType.SavedQuery, ResourceType.SemanticModel,
    ];

    /// <exception cref="TransformException">A name is none of a resource type.</exception>
    public static IReadOnlySet<ResourceType> Of(TransformVerb verb, IReadOnlyList<string> only, IReadOnlyList<string> without)
    {
        var (standard, all) = Of(verb);
        var types = new HashSet<ResourceType>();
        foreach (var name in only.SelectMany(Names))
        {
            types.UnionWith(name switch { "all" => all, "default" => standard, _ => [Parse(name, "--resource-type")] });
        }

        if (only.Count == 0)
        {
            types.UnionWith(standard);
        }

        types.ExceptWith(without.SelectMany(Names).Select(name => Parse(name, "--exclude-resource-type")));
        if (verb is not TransformVerb.List)
        {
            types.IntersectWith(all);
        }

        return types;
    }

    /// <exception cref="TransformException">Not a resource type.</exception>
    public static ResourceType Parse(string name, string place) =>
        Enum.GetValues<ResourceType>().Where(type => type.Name() == name).Select(type => (ResourceType?)type).FirstOrDefault()
        ?? throw new TransformException(
            new SourceLocation(place), $"'{name}' is no resource type. Use {string.Join(", ", Enum.GetValues<ResourceType>().Select(type => type.Name()))}.");

    /// <summary>One value may hold several, as that of an environment variable does.</summary>
    private static string[] Names(string value) => value.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static (ResourceType[] Standard, ResourceType[] All) Of(TransformVerb verb)
    {
        ResourceType[] types = verb switch
        {
            TransformVerb.Run => [ResourceType.Model],
            TransformVerb.Test => [ResourceType.Test, ResourceType.UnitTest],
            TransformVerb.Seed => [ResourceType.Seed],
            TransformVerb.Snapshot => [ResourceType.Snapshot],
            TransformVerb.SourceFreshness => [ResourceType.Source],
            TransformVerb.Clone => Referable,
            TransformVerb.List => Listed,
            TransformVerb.Build => [.. Referable, ResourceType.Test, ResourceType.UnitTest, ResourceType.SavedQuery, ResourceType.Exposure],
            _ => [.. Referable, ResourceType.Test, ResourceType.Analysis],
        };
        return (types, verb is TransformVerb.List ? [.. types, ResourceType.Analysis] : types);
    }
}
