using System.Collections.Immutable;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Filters;
using Platform.Metrics.Plan;
using Platform.Metrics.Query;

namespace Platform.Api.Metrics.Rollups;

/// <summary>Rollups that would have answered what was asked.</summary>
/// <param name="Since">From when on questions were counted.</param>
/// <param name="Recommendations">Those that would have saved most first.</param>
internal sealed record RollupAdvice(DateTimeOffset Since, ImmutableArray<RollupRecommendation> Recommendations)
{
    private const int MostShapes = 50;
    private const int MostRecommendations = 10;

    /// <summary>
    /// Takes, again and again, the shape from which most of the time that is left follows. So a few wide rollups come before many narrow ones; whether one is
    /// much smaller than its facts, whoever declares it has to judge.
    /// </summary>
    public static RollupAdvice Of(AskedQueries asked, MetricCatalogue catalogue, ReaderPolicy reader)
    {
        var left = asked.All().Where(shape => shape.Metrics.All(name => catalogue.FindMetric(name, reader) is not null))
            .Take(MostShapes).ToList();
        var recommendations = ImmutableArray.CreateBuilder<RollupRecommendation>();
        var names = catalogue.SavedQueries.Keys.ToHashSet();
        while (left.Count > 0 && recommendations.Count < MostRecommendations)
        {
            var best = left.Select(shape => Answered(shape, left, catalogue))
                .MaxBy(found => (found.Shapes.Aggregate(TimeSpan.Zero, (sum, one) => sum + one.Duration), -found.Shapes[0].Keys.Length));
            var name = new SavedQuery(NameOf(best.Shapes[0], best.Metrics)).FreeName(names);
            names.Add(name);
            recommendations.Add(RollupRecommendation.Of(name, best.Shapes, best.Metrics));
            left.RemoveAll(best.Shapes.Contains);
        }

        return new RollupAdvice(asked.Since, recommendations.ToImmutable());
    }

    /// <summary>The shapes that a rollup by the shape's keys answers, itself first, and the metrics that it has to hold for them.</summary>
    private static (List<AskedShape> Shapes, ImmutableArray<string> Metrics) Answered(AskedShape shape, List<AskedShape> others, MetricCatalogue catalogue)
    {
        var (answered, metrics) = (new List<AskedShape> { shape }, shape.Metrics);
        foreach (var other in others.Where(other => other != shape && other.FollowsFrom(shape)))
        {
            ImmutableArray<string> both = [.. metrics.Union(other.Metrics)];
            if (both.Length == metrics.Length || IsPlanned(both, shape, catalogue))
            {
                answered.Add(other);
                metrics = both;
            }
        }

        return (answered, metrics);
    }

    /// <summary>Whether all of the metrics can be grouped by the shape's keys.</summary>
    private static bool IsPlanned(ImmutableArray<string> metrics, AskedShape shape, MetricCatalogue catalogue)
    {
        try
        {
            _ = QueryPlanner.Plan(
                new MetricQuery { Reader = ReaderPolicy.Unrestricted, Metrics = metrics, GroupBy = [.. RollupRecommendation.GroupByOf(shape).Select(ElementName.Parse)] },
                catalogue,
                rowLimit: 1);
            return true;
        }
        catch (QueryException)
        {
            return false;
        }
    }

    private static string NameOf(AskedShape shape, ImmutableArray<string> metrics)
    {
        var name = $"{metrics[0]}_by_{string.Join('_', RollupRecommendation.GroupByOf(shape).Select(key => key.Replace("__", "_", StringComparison.Ordinal)).DefaultIfEmpty("all"))}";
        return name[..Math.Min(name.Length, 48)].TrimEnd('_');
    }
}

/// <summary>A rollup to declare.</summary>
/// <param name="Name">Of its saved query.</param>
/// <param name="Asked">How many questions it would have answered.</param>
/// <param name="Seconds">What the database took for these.</param>
/// <param name="Metrics">What it is of.</param>
/// <param name="GroupBy">Its columns.</param>
/// <param name="Yaml">The declaration, for a file of the project beside its marts.</param>
internal sealed record RollupRecommendation(
    string Name, int Asked, double Seconds, ImmutableArray<string> Metrics, ImmutableArray<string> GroupBy, string Yaml)
{
    public static RollupRecommendation Of(string name, IReadOnlyList<AskedShape> answered, ImmutableArray<string> metrics)
    {
        var groupBy = GroupByOf(answered[0]);
        return new RollupRecommendation(
            name,
            answered.Sum(shape => shape.Times),
            Math.Round(answered.Sum(shape => shape.Duration.TotalSeconds), 3),
            metrics,
            groupBy,
            $"""
            saved_queries:
              - name: {name}
                config:
                  meta:
                    rollup: true
                query_params:
                  metrics: [{string.Join(", ", metrics)}]
                  group_by: [{string.Join(", ", groupBy.Select(key => $"\"{key}\""))}]

            """);
    }

    public static ImmutableArray<string> GroupByOf(AskedShape shape) =>
        [.. (shape.Grain is { } grain ? [$"{ElementName.MetricTime}__{grain.Name()}"] : Array.Empty<string>()), .. shape.Keys];
}
