using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Project.Rollups;

/// <summary>
/// Finds what a name such as <c>customer__region</c> means for a semantic model, by the rules of the metrics API: in full before by its end, the
/// shortest way first.
/// </summary>
internal sealed class RollupElements(IReadOnlyList<RollupModel> models)
{
    private const int MaxSteps = 3;

    /// <summary>An entity or a dimension, and the way to it.</summary>
    /// <param name="Names">Entities on the way and the element.</param>
    /// <param name="Path">The lookups.</param>
    /// <param name="Part">Its definition.</param>
    /// <param name="IsDimension">No entity.</param>
    /// <param name="IsSteady">The same row is found whatever the fact's time and partition are.</param>
    internal sealed record Element(IReadOnlyList<string> Names, IReadOnlyList<RollupStep> Path, YamlValue Part, bool IsDimension, bool IsSteady)
    {
        public bool IsTime => IsDimension && Part.Text("type") == "time";
    }

    /// <summary>The element; null when there is none or several are meant.</summary>
    public Element? Find(RollupModel model, string name)
    {
        var parts = name.Split("__");
        return Best(model, parts) ?? (parts.Length > 2 && model.OwnEntities.Contains(parts[0]) ? Best(model, parts[1..]) : null);
    }

    private Element? Best(RollupModel model, string[] asked)
    {
        var best = From(model).Where(element => Matches(element, asked))
            .GroupBy(element => (IsPart: element.Names.Count > asked.Length, element.Path.Count)).MinBy(group => group.Key);
        return best?.DistinctBy(element => (string.Join('/', element.Path.Select(step => step.SemanticModel)), element.Names[^1])).ToList() is [var only] ? only : null;
    }

    private static bool Matches(Element element, string[] asked) =>
        asked.Length <= element.Names.Count && element.Names.TakeLast(asked.Length).SequenceEqual(asked) && (!element.IsDimension || asked.Length > 1);

    private IEnumerable<Element> From(RollupModel root)
    {
        var own = root.OwnEntities.SelectMany(owner => root.Dimensions.Select(dimension => new Element([owner, dimension.Text("name")!], [], dimension, true, true)))
            .Concat(root.Entities.Select(entity => new Element([entity.Text("name")!], [], entity, false, true)));
        return own.Concat(Walk(root, [], [root.Name], isSteady: true));
    }

    private IEnumerable<Element> Walk(RollupModel from, IReadOnlyList<RollupStep> path, IReadOnlyList<string> visited, bool isSteady)
    {
        if (path.Count == MaxSteps)
        {
            yield break;
        }

        foreach (var entity in from.Entities.Select(entity => entity.Text("name")!))
        {
            foreach (var target in models.Where(model => !visited.Contains(model.Name) && model.UniqueKey(entity) is not null))
            {
                IReadOnlyList<RollupStep> longer = [.. path, new RollupStep(entity, target.Name)];
                IReadOnlyList<string> names = [.. longer.Select(step => step.Entity)];
                var steady = isSteady && !target.HasVersions && !(from.IsPartitioned && target.IsPartitioned);
                foreach (var dimension in target.Dimensions)
                {
                    yield return new Element([.. names, dimension.Text("name")!], longer, dimension, true, steady);
                }

                foreach (var other in target.Entities.Where(other => other.Text("name") != entity))
                {
                    yield return new Element([.. names, other.Text("name")!], longer, other, false, steady);
                }

                foreach (var further in Walk(target, longer, [.. visited, target.Name], steady))
                {
                    yield return further;
                }
            }
        }
    }
}
