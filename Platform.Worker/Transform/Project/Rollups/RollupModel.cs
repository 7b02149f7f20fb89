using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Project.Rollups;

/// <summary>A semantic model as far as rollups need it.</summary>
/// <param name="Node">Its node; the first ref is the model that it describes.</param>
/// <param name="Entry">Its definition.</param>
/// <param name="Facts">The node that it describes.</param>
internal sealed record RollupModel(Node Node, YamlValue Entry, Node Facts)
{
    public string Name => Node.Name;

    public string? DefaultTime => Entry["defaults"]?.Text("agg_time_dimension");

    public IReadOnlyList<YamlValue> Entities => Entry["entities"]?.Items ?? [];

    public IReadOnlyList<YamlValue> Dimensions => Entry["dimensions"]?.Items ?? [];

    public IReadOnlyList<YamlValue> Measures => Entry["measures"]?.Items ?? [];

    /// <summary>Entities that name the model's own dimensions.</summary>
    public IEnumerable<string> OwnEntities => Entities.Where(entity => entity.Text("type") != "foreign").Select(entity => entity.Text("name"))
        .Append(Entry.Text("primary_entity")).OfType<string>().Distinct();

    /// <summary>A row is valid for a time only: which one is found depends on the fact's time.</summary>
    public bool HasVersions => Dimensions.Any(dimension => dimension["type_params"]?["validity_params"] is not null);

    public bool IsPartitioned => Dimensions.Any(dimension => dimension.Flag("is_partition") is true);

    /// <summary>The entity, when it finds at most one row here.</summary>
    public YamlValue? UniqueKey(string entity) => Entities.FirstOrDefault(own => own.Text("name") == entity) is { } key
        && (key.Text("type") is "primary" or "unique" || (HasVersions && key.Text("type") is "natural")) ? key : null;

    public static string Expr(YamlValue part) => part.Text("expr") ?? part.Text("name")!;
}
