using System.Collections.Immutable;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Filters;
using Platform.Metrics.Plan;
using Platform.Metrics.Query;
using Platform.Metrics.Sql;

namespace Platform.Api.Metrics.Rollups;

/// <summary>
/// What was asked of the facts since this process started, and how long the database took: by shape, since queries that differ in values only are answered by
/// the same rollup. Kept answers cost nothing and are not in it.
/// </summary>
internal sealed class AskedQueries(TimeProvider time)
{
    /// <summary>Shapes that are remembered; of more, those that cost least are forgotten.</summary>
    private const int MostShapes = 1_000;

    private readonly Lock writing = new();
    private readonly Dictionary<string, AskedShape> shapes = [];

    public DateTimeOffset Since { get; } = time.GetUtcNow();

    /// <param name="query">What was asked.</param>
    /// <param name="plan">How it was answered.</param>
    /// <param name="duration">Until its first row.</param>
    public void Enter(MetricQuery query, QueryPlan plan, TimeSpan duration)
    {
        if (ShapeOf(query, plan) is not { } shape)
        {
            return;
        }

        lock (writing)
        {
            shapes[shape.Key] = shapes.TryGetValue(shape.Key, out var known)
                ? known with { Times = known.Times + 1, Duration = known.Duration + duration }
                : shape with { Times = 1, Duration = duration };
            if (shapes.Count > MostShapes)
            {
                foreach (var cheap in shapes.Values.OrderBy(one => one.Duration).Take(MostShapes / 10).ToArray())
                {
                    shapes.Remove(cheap.Key);
                }
            }
        }
    }

    /// <summary>All shapes, those that cost most first.</summary>
    public ImmutableArray<AskedShape> All()
    {
        lock (writing)
        {
            return [.. shapes.Values.OrderByDescending(shape => shape.Duration)];
        }
    }

    /// <summary>Null for what no rollup could have answered, or what one has.</summary>
    private static AskedShape? ShapeOf(MetricQuery query, QueryPlan plan)
    {
        var facts = plan.Facts.Where(fact => plan.RollupOf(fact) is null).ToArray();
        if (query.Metrics.IsEmpty || !query.Templates.IsEmpty || facts.Length == 0
            || facts.Any(fact => !fact.Measures.All(measure => MeasureSql.CanCombine(measure) || measure.Aggregation == Aggregation.Average)))
        {
            return null;
        }

        var elements = query.GroupBy
            .Concat(query.Where.SelectMany(condition => condition.All).OfType<Reference>().Select(reference => reference.Element))
            .Concat(query.Reader.Rows.Select(rule => ElementName.Parse(rule.Dimension)))
            .ToArray();
        return new AskedShape(
            [.. query.Metrics.Order(StringComparer.Ordinal)],
            [.. elements.Where(element => !element.IsMetricTime).Select(element => element.Text).Distinct().Order(StringComparer.Ordinal)],
            GrainOf(query, [.. elements.Where(element => element.IsMetricTime)]));
    }

    /// <summary>The coarsest grain whose periods make up those asked for and begin and end where the range does.</summary>
    private static TimeGrain? GrainOf(MetricQuery query, ElementName[] times)
    {
        if (times.Length == 0 && query.Start is null && query.End is null)
        {
            return null;
        }

        var grain = times.Select(element => element.Grain ?? TimeGrain.Day).DefaultIfEmpty(TimeGrain.Year).Min();
        while (grain > TimeGrain.Day && !(BeginsWith(query.Start, grain) && BeginsWith(query.End?.AddDays(1), grain)))
        {
            grain--;
        }

        return grain;
    }

    private static bool BeginsWith(DateOnly? day, TimeGrain grain) => day is not { } first || grain switch
    {
        TimeGrain.Week => first.DayOfWeek == DayOfWeek.Monday,
        TimeGrain.Month => first.Day == 1,
        TimeGrain.Quarter => first.Day == 1 && first.Month % 3 == 1,
        TimeGrain.Year => first.DayOfYear == 1,
        _ => true,
    };
}

/// <summary>Queries that one rollup answers alike.</summary>
/// <param name="Metrics">What they ask for.</param>
/// <param name="Keys">The columns that they group, filter or are restricted by, without <c>metric_time</c>.</param>
/// <param name="Grain">The periods of <c>metric_time</c> that they need; null when they need none.</param>
internal sealed record AskedShape(ImmutableArray<string> Metrics, ImmutableArray<string> Keys, TimeGrain? Grain)
{
    public string Key { get; } = $"{string.Join(',', Metrics)}|{string.Join(',', Keys)}|{Grain}";

    /// <summary>How often it was asked.</summary>
    public int Times { get; init; }

    /// <summary>What the database took for all of them.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Whether aggregates by the other's keys and periods can be put together to what this asks for.</summary>
    public bool FollowsFrom(AskedShape other) =>
        Keys.All(other.Keys.Contains)
        && (Grain is not { } grain || (other.Grain is { } finer && finer <= grain && (finer == grain || finer != TimeGrain.Week)));
}
