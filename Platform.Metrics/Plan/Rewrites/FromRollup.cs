using System.Collections.Immutable;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Plan.Tree;

namespace Platform.Metrics.Plan.Rewrites;

/// <summary>
/// An aggregate over a fact's rows becomes one over the smallest rollup from which it follows exactly: all that its groups and conditions read is
/// among the rollup's keys, or is looked up by one of them, and its measures can be put together from those of parts. Anything else reads the facts.
/// </summary>
internal static class FromRollup
{
    public static PlanNode Apply(PlanNode plan, ImmutableArray<Rollup> rollups) => rollups.IsEmpty
        ? plan
        : plan.Rewrite(node => node is Aggregate aggregate ? Answered(aggregate, rollups) : node);

    private static Aggregate Answered(Aggregate aggregate, ImmutableArray<Rollup> rollups)
    {
        // Lookups of which nothing is read need not be in the rollup.
        if (Source.Of(((Aggregate)PruneJoins.Apply(aggregate)).Input) is not { } source)
        {
            return aggregate;
        }

        return rollups.Where(rollup => rollup.Facts == source.Facts.Relation)
            .Select(rollup => Over(aggregate, source, rollup))
            .FirstOrDefault(answered => answered is not null) ?? aggregate;
    }

    /// <summary>The aggregate over the rollup's rows; null when it does not follow from them.</summary>
    private static Aggregate? Over(Aggregate aggregate, Source source, Rollup rollup)
    {
        var mapping = new RollupMapping(rollup, source.Facts.Name, source.Lookups);
        var keys = aggregate.Keys.Select(key => mapping.Map(key.Value) is { } value ? key with { Value = value } : null).ToArray();
        var conditions = source.Conditions.Select(mapping.Map).ToArray();
        var values = aggregate.Values.Select(value => mapping.Combined(value.Value, aggregate.Keys.IsEmpty) is { } combined
            ? value with { Value = combined }
            : null).ToArray();
        if (keys.Contains(null) || conditions.Contains(null) || values.Contains(null))
        {
            return null;
        }

        // What is still looked up, the last first: what its key reads is needed, too.
        var lookups = new Stack<Join>();
        foreach (var lookup in source.Lookups.Reverse().Where(lookup => lookup.Right.Names.Any(mapping.LookedUp.Contains)))
        {
            if (mapping.Map(lookup.On, lookup.Right.Names) is not { } on)
            {
                return null;
            }

            lookups.Push(lookup with { On = on });
        }

        PlanNode rows = new Read(source.Facts.Name, rollup.Relation) { Rollup = rollup };
        rows = lookups.Aggregate(rows, (left, lookup) => lookup with { Left = left });
        return aggregate with { Input = Filter.Of(rows, conditions!), Keys = [.. keys!], Values = [.. values!] };
    }

    /// <summary>A fact, what is looked up for its rows, and conditions.</summary>
    private sealed record Source(Read Facts, ImmutableArray<Join> Lookups, ImmutableArray<PlanValue> Conditions)
    {
        public static Source? Of(PlanNode node)
        {
            var lookups = new Stack<Join>();
            var conditions = new List<PlanValue>();
            while (true)
            {
                switch (node)
                {
                    case Read read:
                        return new Source(read, [.. lookups], [.. conditions]);
                    case Filter filter:
                        conditions.InsertRange(0, filter.Conditions);
                        node = filter.Input;
                        break;
                    case Join { IsLookup: true, Kind: JoinKind.Left } join:
                        lookups.Push(join);
                        node = join.Left;
                        break;
                    default:
                        return null;
                }
            }
        }
    }
}
