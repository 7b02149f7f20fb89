using System.Collections.Immutable;

namespace Platform.Metrics.Catalogue;

/// <summary>A mart and what can be asked of it, as MetricFlow's <c>semantic_models</c> describe it.</summary>
internal sealed record SemanticModel
{
    public required string Name { get; init; }

    public string? Label { get; init; }

    public string? Description { get; init; }

    public required Relation Relation { get; init; }

    public required ImmutableArray<Entity> Entities { get; init; }

    public required ImmutableArray<Dimension> Dimensions { get; init; }

    public required ImmutableArray<Measure> Measures { get; init; }

    /// <summary>Entity that names the model's own dimensions when no column is its key.</summary>
    public string? PrimaryEntity { get; init; }

    /// <summary>Why the published relation cannot answer for this model; null when it can.</summary>
    public string? Fault { get; init; }

    public Entity? FindEntity(string name) => Entities.FirstOrDefault(entity => entity.Name == name);

    public Dimension? FindDimension(string name) => Dimensions.FirstOrDefault(dimension => dimension.Name == name);

    /// <summary>Validity window of a slowly changing dimension (type 2): from inclusive, to exclusive or null.</summary>
    public (Dimension From, Dimension To)? Validity =>
        Dimensions.FirstOrDefault(dimension => dimension.IsValidityStart) is { } from
        && Dimensions.FirstOrDefault(dimension => dimension.IsValidityEnd) is { } to
            ? (from, to)
            : null;

    /// <summary>Whether a join on the entity finds at most one row here (for a natural key: at one moment).</summary>
    public bool IsUniqueOn(Entity entity) =>
        Validity is null
            ? entity.Type is EntityType.Primary or EntityType.Unique
            : entity.Type is EntityType.Natural or EntityType.Primary or EntityType.Unique;

    /// <summary>Entities that name the model's own dimensions, as in <c>order__channel</c>.</summary>
    public IEnumerable<string> OwnEntities => Entities
        .Where(entity => entity.Type != EntityType.Foreign)
        .Select(entity => entity.Name)
        .Concat(PrimaryEntity is null ? [] : [PrimaryEntity])
        .Distinct();
}

/// <summary>A published table or view.</summary>
internal sealed record Relation(string Schema, string Name);

internal enum EntityType
{
    Primary,
    Unique,
    Natural,
    Foreign,
}

/// <summary>A join key.</summary>
internal sealed record Entity(string Name, EntityType Type, string Expr)
{
    public string? Description { get; init; }

    public DataType DataType { get; init; } = DataType.Text;
}

/// <summary>A column or expression to group and filter by.</summary>
internal sealed record Dimension(string Name, string Expr)
{
    public string? Label { get; init; }

    public string? Description { get; init; }

    /// <summary>Finest grain of a time dimension; null for a categorical one.</summary>
    public TimeGrain? Grain { get; init; }

    /// <summary>The relation is partitioned by it: a join of two models that have it joins like partitions only.</summary>
    public bool IsPartition { get; init; }

    public bool IsValidityStart { get; init; }

    public bool IsValidityEnd { get; init; }

    public DataType DataType { get; init; } = DataType.Text;
}

internal enum Aggregation
{
    Sum,
    Min,
    Max,
    Average,
    Count,
    CountDistinct,
    SumBoolean,
    Median,
    Percentile,
}

/// <summary>An aggregate over the model's rows.</summary>
internal sealed record Measure(string Name, Aggregation Aggregation, string Expr, string AggTimeDimension)
{
    public Percentile? Percentile { get; init; }

    public NonAdditiveDimension? NonAdditive { get; init; }

    /// <summary>Type of the expression below the aggregate.</summary>
    public DataType ExprType { get; init; } = DataType.Decimal;

    /// <summary>Type of the aggregate.</summary>
    public DataType DataType => Aggregation switch
    {
        Aggregation.Count or Aggregation.CountDistinct or Aggregation.SumBoolean => DataType.Integer,
        Aggregation.Average or Aggregation.Median => ExprType == DataType.Double ? DataType.Double : DataType.Decimal,
        Aggregation.Percentile when Percentile is { Discrete: false } => ExprType == DataType.Double ? DataType.Double : DataType.Decimal,
        _ => ExprType,
    };
}

/// <summary>Which percentile (0..1), and whether it is a value that occurs or an interpolated one. An approximate one is computed exactly.</summary>
internal sealed record Percentile(decimal Fraction, bool Discrete);

/// <summary>
/// A time dimension that the measure must not be summed over, such as the day of a stock level: of each group's rows only those of its
/// last (or first) moment count.
/// </summary>
internal sealed record NonAdditiveDimension(string Name, bool First, ImmutableArray<string> Groupings);
