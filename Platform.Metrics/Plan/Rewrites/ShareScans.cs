using System.Collections.Immutable;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Plan.Tree;

namespace Platform.Metrics.Plan.Rewrites;

/// <summary>
/// Facts that read the same rows and differ in their filters only are read once: each aggregate takes the rows that its own filters keep. One may
/// have lookups that the other does not need; a lookup changes no row.
/// </summary>
internal static class ShareScans
{
    public static PlanNode Apply(PlanNode plan) => plan.Rewrite(node => node is SideBySide sides ? Shared(sides) : node);

    private static PlanNode Shared(SideBySide sides)
    {
        var facts = new List<PlanNode>();
        foreach (var fact in sides.Facts)
        {
            var at = facts.FindIndex(other => Merged(other, fact) is not null);
            if (at < 0)
            {
                facts.Add(fact);
            }
            else
            {
                facts[at] = Merged(facts[at], fact)!;
            }
        }

        return facts.Count == sides.Facts.Length ? sides
            : facts is [Aggregate only] ? only with { Name = sides.Name }
            : sides with { Facts = [.. facts] };
    }

    private static Aggregate? Merged(PlanNode one, PlanNode other)
    {
        if (one is not Aggregate a || other is not Aggregate b || Source.Of(a) is not { } left || Source.Of(b) is not { } right
            || !a.Keys.SequenceEqual(b.Keys) || a.Values.Concat(b.Values).Any(value => value.Value is not AggregateCall { IsCombined: false }))
        {
            return null;
        }

        var wider = left.Covers(right) ? left : right.Covers(left) ? right : null;
        if (wider is null)
        {
            return null;
        }

        PlanValue[] common = [.. left.Conditions.Where(right.Conditions.Contains)];
        PlanValue[] onlyLeft = [.. left.Conditions.Except(common)], onlyRight = [.. right.Conditions.Except(common)];
        PlanValue[] either = onlyLeft.Length == 0 || onlyRight.Length == 0
            ? []
            : [SqlValue.Of(DataType.Boolean, "(", SqlValue.And(onlyLeft), " or ", SqlValue.And(onlyRight), ")")];
        return a with
        {
            Input = Filter.Of(wider.Rows, [.. common, .. either]),
            Values = [.. Kept(a, onlyLeft), .. Kept(b, onlyRight)],
        };
    }

    private static IEnumerable<Column> Kept(Aggregate aggregate, PlanValue[] conditions)
    {
        if (conditions.Length == 0)
        {
            return aggregate.Values;
        }

        var condition = SqlValue.And(conditions);
        return aggregate.Values.Select(value => value with { Value = Filtered(value.Value, condition, aggregate.Keys.IsEmpty) });
    }

    /// <summary>A count of no rows is 0, but a group without rows is not in the answer at all: there it is null.</summary>
    private static PlanValue Filtered(PlanValue value, PlanValue condition, bool isWhole)
    {
        var filtered = WithFilter((AggregateCall)value, condition);
        return isWhole || filtered.Measure.Aggregation is not (Aggregation.Count or Aggregation.CountDistinct)
            ? filtered
            : SqlValue.Of(filtered.Type, "case when count(*) filter (where ", condition, ") > 0 then ", filtered, " end");
    }

    private static AggregateCall WithFilter(AggregateCall call, PlanValue condition) =>
        call with { Filter = call.Filter is null ? condition : SqlValue.And([call.Filter, condition]) };

    /// <summary>A relation, its lookups and conditions.</summary>
    private sealed record Source(PlanNode Rows, ImmutableArray<string> Parts, ImmutableArray<PlanValue> Conditions)
    {
        public static Source? Of(Aggregate aggregate)
        {
            var (rows, conditions) = aggregate.Input is Filter filter ? (filter.Input, filter.Conditions) : (aggregate.Input, []);
            var parts = new List<string>();
            for (var node = rows; ;)
            {
                if (node is Read read)
                {
                    parts.Add(read.Describe());
                    return new Source(rows, [.. parts], conditions);
                }

                if (node is not Join { IsLookup: true, Kind: JoinKind.Left } join)
                {
                    return null;
                }

                parts.Add($"{join.Right} {join.On}");
                node = join.Left;
            }
        }

        public bool Covers(Source other) => other.Parts.All(Parts.Contains);
    }
}
