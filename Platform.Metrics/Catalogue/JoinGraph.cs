using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Platform.Metrics.Catalogue;

/// <summary>
/// Which elements a semantic model reaches by joins that keep its rows as they are: from any of its entities to a model where that
/// entity is unique, and on from there. A join to a side that is not unique would count rows twice; it does not exist here.
/// </summary>
internal sealed class JoinGraph(FrozenDictionary<string, SemanticModel> models)
{
    /// <summary>Joins in a row.</summary>
    public const int MaxHops = 3;

    private readonly ConcurrentDictionary<string, ImmutableArray<ReachableElement>> reachable = new();

    /// <summary>All dimensions and entities of the model and of the models that it reaches.</summary>
    public ImmutableArray<ReachableElement> From(SemanticModel model) => reachable.GetOrAdd(model.Name, _ => Walk(model));

    private ImmutableArray<ReachableElement> Walk(SemanticModel root)
    {
        var found = ImmutableArray.CreateBuilder<ReachableElement>();
        foreach (var owner in root.OwnEntities)
        {
            found.AddRange(root.Dimensions.Select(dimension => new ReachableElement([], root, [owner, dimension.Name]) { Dimension = dimension }));
        }

        found.AddRange(root.Entities.Select(entity => new ReachableElement([], root, [entity.Name]) { Entity = entity }));
        Walk(root, [], [root.Name], found);
        return found.ToImmutable();
    }

    private void Walk(
        SemanticModel from, ImmutableArray<JoinStep> path, ImmutableHashSet<string> visited, ImmutableArray<ReachableElement>.Builder found)
    {
        if (path.Length == MaxHops)
        {
            return;
        }

        foreach (var entity in from.Entities)
        {
            foreach (var (target, key) in Targets(entity, visited))
            {
                ImmutableArray<JoinStep> longer = [.. path, new JoinStep(from, entity, target, key)];
                string[] names = [.. longer.Select(step => step.Entity.Name)];
                found.AddRange(target.Dimensions.Select(dimension =>
                    new ReachableElement(longer, target, [.. names, dimension.Name]) { Dimension = dimension }));
                found.AddRange(target.Entities.Where(other => other.Name != entity.Name).Select(other =>
                    new ReachableElement(longer, target, [.. names, other.Name]) { Entity = other }));
                Walk(target, longer, visited.Add(target.Name), found);
            }
        }
    }

    private IEnumerable<(SemanticModel Model, Entity Key)> Targets(Entity entity, ImmutableHashSet<string> visited) =>
        from model in models.Values.OrderBy(model => model.Name, StringComparer.Ordinal)
        where !visited.Contains(model.Name)
        let key = model.FindEntity(entity.Name)
        where key is not null && model.IsUniqueOn(key)
        select (model, key);
}

/// <summary>A join from an entity's column in one model to the model where the entity is unique.</summary>
internal sealed record JoinStep(SemanticModel From, Entity Entity, SemanticModel Target, Entity Key)
{
    /// <summary>Dimensions by which both relations are partitioned: they are joined on as well.</summary>
    public IEnumerable<(Dimension From, Dimension Target)> Partitions =>
        from own in From.Dimensions
        where own.IsPartition
        let other = Target.FindDimension(own.Name)
        where other is { IsPartition: true }
        select (own, other);
}

/// <summary>A dimension or entity, and the joins to it.</summary>
/// <param name="Path">The joins, none for the model's own elements.</param>
/// <param name="Model">The model that has it.</param>
/// <param name="Names">The entities on the way and the element: the parts of its full name.</param>
internal sealed record ReachableElement(ImmutableArray<JoinStep> Path, SemanticModel Model, ImmutableArray<string> Names)
{
    /// <summary>Set for a dimension; then <see cref="Entity"/> is not.</summary>
    public Dimension? Dimension { get; init; }

    public Entity? Entity { get; init; }

    public string FullName => string.Join("__", Names);

    /// <summary>The name that suffices when no shorter way leads to another element of that name: last entity and dimension.</summary>
    public string ShortName => Dimension is null ? Names[^1] : string.Join("__", Names[Math.Max(0, Names.Length - 2)..]);

    /// <summary>How well the asked name names this: 0 in full, 1 by its end, null not at all.</summary>
    public int? Match(ImmutableArray<string> asked)
    {
        if (asked.Length > Names.Length || !Names.AsSpan()[^asked.Length..].SequenceEqual(asked.AsSpan()))
        {
            return null;
        }

        // A dimension alone is no name: it needs the entity it belongs to.
        return Dimension is not null && asked.Length < 2 ? null : asked.Length == Names.Length ? 0 : 1;
    }
}
