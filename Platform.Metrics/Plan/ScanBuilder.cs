using System.Collections.Immutable;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Filters;
using Platform.Metrics.Plan.Tree;
using Platform.Metrics.Query;
using Platform.Metrics.Sql;

namespace Platform.Metrics.Plan;

/// <summary>
/// Completes a draft to a node with one row for each group: looks up the group-by columns and filters, joins what they need, and puts the rows to
/// the answer's times. One scan is one fact.
/// </summary>
internal sealed partial class ScanBuilder
{
    private readonly PlanContext context;
    private readonly ScanDraft draft;
    private readonly ScanContent content;
    private readonly MetricQuery query;
    private readonly List<QueryFault> faults;
    private readonly IReadOnlyList<string> columns;
    private readonly Dimension time;
    private readonly FactSource source;
    private readonly string name;
    private readonly ImmutableArray<ElementLookup.Found> keys;

    // The finest grain of metric time that listed periods are filtered by.
    private TimeGrain finestFiltered = TimeGrain.Year;

    public ScanBuilder(
        PlanContext context, ScanDraft draft, ScanContent content, MetricQuery query, IReadOnlyList<string> columns, List<QueryFault> faults)
    {
        (this.context, this.draft, this.content, this.columns, this.faults) = (context, draft, content, columns, faults);
        time = draft.Model.FindDimension(draft.Time)!;
        this.query = InWholePeriods(query, time.Grain ?? TimeGrain.Day);
        source = new FactSource(context, draft.Model, time);
        name = context.Names.Take(draft.Model.Name);
        keys = [.. query.GroupBy.Select(Find)];
    }

    /// <summary>A fact of a whole month counts when one of the month's days is asked for.</summary>
    private static MetricQuery InWholePeriods(MetricQuery query, TimeGrain grain) => grain <= TimeGrain.Day ? query : query with
    {
        Start = query.Start is { } start ? TimeSql.Cut(start, grain) : null,
        End = query.End is { } end ? TimeSql.Last(end, grain) : null,
    };

    private string Who => $"({string.Join(", ", content.Metrics)})";

    private IEnumerable<ElementLookup.Found> TimeKeys => keys.Where(source.IsMetricTime);

    // Days after the newest data date are not in the publication, so nothing is listed for them.
    private DateOnly? Until => (query.End, context.Catalogue.Publication.DataDateTo) switch
    {
        ({ } end, { } newest) => end < newest ? end : newest,
        var (end, newest) => end ?? newest,
    };

    /// <summary>The scan; null when a fault was found.</summary>
    public PlanNode? Build()
    {
        var before = faults.Count;
        var areKeysKnown = keys.All(key => key.Element is not null);
        var timing = areKeysKnown ? TimingOf() : Timing.AtOwnTime;
        var conditions = Conditions(timing);
        if (faults.Count > before || !areKeysKnown)
        {
            return null;
        }

        PlanNode node;
        try
        {
            var rows = content.Conversion is null ? Rows(conditions) : Converted(conditions);
            node = timing switch
            {
                Timing.LookedUp => LookedUp(rows, conditions),
                Timing.Cumulated => Cumulated(rows, conditions),
                _ => Direct(rows, timing),
            };
        }
        catch (FilterException exception)
        {
            faults.Add(new QueryFault("metrics", $"{exception.Message} {Who}"));
            return null;
        }

        var scan = new FactScan
        {
            Name = name,
            Model = draft.Model,
            Time = time,
            Timing = timing,
            Joins = [.. source.Steps],
            Measures = [.. content.Values.Select(value => value.Measure)],
            Filters = [.. content.Filters.Select(filter => filter.Text)],
            Keys = [.. keys.Select(key => key.Element!)],
        };
        context.Facts.Add(scan);
        node = node is Aggregate aggregate ? aggregate with { Scan = scan } : node;
        return draft.JoinToTimespine && TimeKeys.Any() ? WithEveryPeriod(node, conditions) : node;
    }

    private ElementLookup.Found Find(ElementName element)
    {
        var found = source.Lookups.Find(element);
        if (found.Element is null)
        {
            faults.Add(new QueryFault("group_by", $"{found.Problem} {Who}", DidYouMean: found.Near));
        }

        return found;
    }

    private Timing TimingOf()
    {
        var isTimed = TimeKeys.Any();

        // Without a column of time, all rows up to the end are what has cumulated.
        if (draft.Offset.IsNone && (draft.Cumulative is null || (draft.Cumulative is { Window: null, GrainToDate: null } && !isTimed)))
        {
            return Timing.AtOwnTime;
        }

        if (!isTimed)
        {
            faults.Add(new QueryFault(
                "group_by",
                $"{Who} {(draft.Cumulative is null ? "compares with an earlier time" : "is cumulative")}: group by metric_time at a grain.",
                DidYouMean: ["metric_time__day", "metric_time__month"]));
            return Timing.AtOwnTime;
        }

        if (draft.Cumulative is { Window.CustomGrain: not null })
        {
            faults.Add(new QueryFault("metrics", $"{Who} has a window of a calendar's periods; windows are of standard grains."));
        }

        if (draft.Cumulative is not null)
        {
            return Timing.Cumulated;
        }

        // By whole months a row moves into exactly one month; by days into exactly one day.
        var finest = TimeKeys.Min(FinestOf);
        return draft.Offset is { ToGrain: null, CustomGrain: null } && (draft.Offset.Shift.Months == 0 || finest >= TimeGrain.Month)
            ? Timing.Moved
            : Timing.LookedUp;
    }

    /// <summary>The grain from which the key follows.</summary>
    private static TimeGrain FinestOf(ElementLookup.Found key) => key.Grain ?? key.CustomGrain?.Spine.Grain ?? TimeGrain.Day;

    /// <summary>The grain of the days or periods that are listed: the query's, if it is finer than a day; not finer than the facts' own.</summary>
    private TimeGrain BaseGrain
    {
        get
        {
            var grain = TimeKeys.Select(FinestOf).Append(finestFiltered).Append(TimeGrain.Day).Min();
            var shift = draft.Offset.Shift.Plus(draft.Cumulative?.Window?.Shift ?? default);
            var needed = shift.Seconds % 60 != 0 ? TimeGrain.Second
                : shift.Seconds % 3600 != 0 ? TimeGrain.Minute
                : shift.Seconds % 86_400 != 0 ? TimeGrain.Hour
                : TimeGrain.Day;
            needed = draft.Offset.ToGrain is { } toGrain && toGrain < needed ? toGrain : needed;
            grain = needed < grain ? needed : grain;
            return time.Grain is { } own && own > grain ? own : grain;
        }
    }

    /// <summary>A key's value when the time is known.</summary>
    private static PlanValue TimeKey(RowSource rows, PlanValue at, ElementLookup.Found key) => rows.At(at, key);

    private FactRows Rows(ScanConditions conditions) => new()
    {
        Source = source,
        Time = source.Time,
        Keys = [.. keys.Select(key => source.IsMetricTime(key) ? null : source.Bind(key, source.Time))],
        Values = [.. content.Values.Select(value => (value, source.Own(value.Measure)))],
        Conditions = conditions.OnRows,
        NonAdditive = content.NonAdditive is { } dimension
            ? new Moments(source.Own(dimension.Name)!, dimension.First, [.. dimension.Groupings.Select(Grouping)])
            : null,
    };

    private PlanValue Grouping(string grouping)
    {
        if (source.Own(grouping) is { } own)
        {
            return own;
        }

        var found = source.Lookups.Find(ElementName.Parse(grouping));
        return found.Element is null
            ? throw new FilterException($"The window grouping '{grouping}' is no entity or dimension of {draft.Model.Name}.", 0)
            : source.Bind(found, source.Time);
    }
}
