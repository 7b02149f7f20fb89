using System.Collections.Immutable;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Filters;
using Platform.Metrics.Plan.Tree;
using Platform.Metrics.Query;
using Platform.Metrics.Sql;

namespace Platform.Metrics.Plan;

/// <summary>One value of an answer: a metric, and what the group-by columns are in its row; null for null.</summary>
internal sealed record Cell(string Metric, ImmutableArray<(ElementName Element, string? Value)> Keys);

/// <summary>The rows of one fact that a value is computed from.</summary>
/// <param name="Model">The fact.</param>
/// <param name="Measures">Measures that are taken from them, one column each.</param>
/// <param name="HasLines">Whether rows know the partition and the line that they come from.</param>
/// <param name="Node">Columns <see cref="CellPlanner.Row"/>, <see cref="CellPlanner.Partition"/>, <see cref="CellPlanner.Line"/>, then the measures.</param>
internal sealed record CellRows(SemanticModel Model, ImmutableArray<string> Measures, bool HasLines, PlanNode Node);

/// <summary>Plans for the rows behind a value, before they are aggregated: of the same filters, joins and reader's rules as the value itself.</summary>
internal static class CellPlanner
{
    /// <summary>The fact's row as JSON.</summary>
    public const string Row = "row";

    /// <summary>The data date whose files brought the row.</summary>
    public const string Partition = "_partition";

    /// <summary>The row's line in them.</summary>
    public const string Line = "_line";

    /// <param name="cell">The value.</param>
    /// <param name="query">The query that it is of.</param>
    /// <param name="catalogue">What there is.</param>
    /// <param name="hasLines">Whether a relation has partition and line.</param>
    /// <param name="limit">Rows of each fact at most.</param>
    /// <exception cref="QueryException">There is no such value.</exception>
    /// <exception cref="NotAllowedException">It is not the reader's to see.</exception>
    public static ImmutableArray<CellRows> Plan(Cell cell, MetricQuery query, MetricCatalogue catalogue, Func<Relation, bool> hasLines, int limit)
    {
        if (!catalogue.Metrics.TryGetValue(cell.Metric, out var metric))
        {
            throw new QueryException(new QueryFault("metric", $"'{cell.Metric}' is no metric.", DidYouMean: NearMatches.Of(cell.Metric, query.Metrics)));
        }

        var asked = query with { Metrics = [cell.Metric], GroupBy = [], OrderBy = [], Where = [.. query.Where, .. ReaderRules.Conditions(query.Reader)] };
        ReaderRules.AllowNames(asked, catalogue);
        var context = new PlanContext(catalogue, query.Reader);
        var binder = new MetricBinder(catalogue, PlanContext.NewNames());
        _ = binder.Bind(metric);
        var faults = new List<QueryFault>();
        var facts = ImmutableArray.CreateBuilder<CellRows>();
        foreach (var (draft, content) in binder.Scans)
        {
            var atOwnTime = draft with { Offset = default, Cumulative = null, JoinToTimespine = false };
            if (content.Conversion is { Model: { } follower })
            {
                // Which event follows which is decided among all of them; only then those of the cell are taken.
                var pairs = asked with { GroupBy = [.. cell.Keys.Select(key => key.Element)] };
                string[] columns = [.. cell.Keys.Select(key => key.Element.Text)];
                if (draft.Offset.IsNone && new ScanBuilder(context, atOwnTime, content, pairs, columns, faults).Build() is Aggregate grouped)
                {
                    facts.Add(Rows(follower, grouped, hasLines(follower.Relation), OfCell(cell, grouped, draft.Model, catalogue), limit));
                }
                else if (faults.Count == 0)
                {
                    throw new QueryException(new QueryFault("metric", $"'{cell.Metric}' counts conversions of another time than the value's; ask for the rows of the metric without an offset."));
                }
            }
            else if (new ScanBuilder(context, atOwnTime, content, Bounded(asked, draft, cell, catalogue), [], faults).Build() is Aggregate aggregate)
            {
                facts.Add(Rows(draft.Model, aggregate, hasLines(draft.Model.Relation), ofCell: null, limit));
            }
        }

        return faults.Count == 0 ? facts.ToImmutable() : throw new QueryException([.. faults]);
    }

    /// <summary>What is true of the cell's rows, said of the columns that they are grouped by.</summary>
    private static ImmutableArray<PlanValue> OfCell(Cell cell, Aggregate grouped, SemanticModel model, MetricCatalogue catalogue)
    {
        var lookup = new ElementLookup(catalogue, model, null);
        var binder = new FilterBinder(
            reference => grouped.Keys.First(key => key.Name == reference.Element.Text).Value,
            reference => throw new FilterException($"'{reference.Metric}' is no column.", reference.Position));
        return [.. cell.Keys.Select(key => binder.Condition(Equals(key.Element, key.Value, lookup.Find(key.Element))))];
    }

    /// <summary>The query for the rows that count in the cell: where they look back, for another time than the cell's.</summary>
    private static MetricQuery Bounded(MetricQuery query, ScanDraft draft, Cell cell, MetricCatalogue catalogue)
    {
        var lookup = new ElementLookup(catalogue, draft.Model, draft.Model.FindDimension(draft.Time));
        var others = draft.Offset.IsNone && draft.Cumulative is null ? cell.Keys : [.. cell.Keys.Where(key => key.Element.Parts[0] != ElementName.MetricTime)];
        query = query with { Where = [.. query.Where, .. others.Select(key => Equals(key.Element, key.Value, lookup.Find(key.Element)))] };
        if (draft.Offset.IsNone && draft.Cumulative is null)
        {
            return query;
        }

        var time = cell.Keys.FirstOrDefault(key => key.Element.IsMetricTime);
        if (time.Element is null && draft is { Offset.IsNone: true, Cumulative: { Window: null, GrainToDate: null } })
        {
            return query;
        }

        if (time.Element?.Grain is not ({ } grain and >= TimeGrain.Day) || draft.Offset.CustomGrain is not null || !DateOnly.TryParse(time.Value, out var first))
        {
            throw new QueryException(new QueryFault("metric_time", "The value looks back in time; its rows are found by metric_time at a grain from day on."));
        }

        var last = TimeSql.Last(first, grain);
        var newest = query.End;
        last = newest < last ? newest.Value : last;
        if (!draft.Offset.IsNone)
        {
            (first, last) = draft.Offset.ToGrain is { } toGrain
                ? (TimeSql.Cut(first, toGrain), TimeSql.Last(TimeSql.Cut(first, toGrain), grain))
                : (TimeSql.Move(first, -draft.Offset.Shift), grain > TimeGrain.Day ? TimeSql.Last(TimeSql.Move(first, -draft.Offset.Shift), grain) : TimeSql.Move(last, -draft.Offset.Shift));
        }

        return draft.Cumulative switch
        {
            { Window: { } window } => query with { Start = TimeSql.Move(last, -window.Shift).AddDays(1), End = last },
            { GrainToDate: { } toDate } => query with { Start = TimeSql.Cut(last, toDate), End = last },
            not null => query with { Start = null, End = last },
            null => query with { Start = first, End = last },
        };
    }

    private static Expression Equals(ElementName element, string? value, ElementLookup.Found found) => value is null
        ? new NullTest(new Reference(element, 0), Negated: false, 0)
        : new Comparison("=", new Reference(element, 0), new Literal(Kind(found), value, 0), 0);

    private static LiteralKind Kind(ElementLookup.Found found) => (found.Part, found.Element?.Dimension?.DataType ?? found.Element?.Entity?.DataType) switch
    {
        ({ }, _) => LiteralKind.Number,
        (_, { } type) when DataTypes.IsNumber(type) => LiteralKind.Number,
        (_, DataType.Boolean) => LiteralKind.Boolean,
        _ => LiteralKind.Text,
    };

    /// <param name="model">The fact; of conversions the one of the events that follow.</param>
    /// <param name="aggregate">What is computed from the rows.</param>
    /// <param name="hasLines">Whether the fact has partition and line.</param>
    /// <param name="ofCell">Conditions on pairs of events, of which the rows are the second; null where there are no pairs.</param>
    /// <param name="limit">Rows at most.</param>
    private static CellRows Rows(SemanticModel model, Aggregate aggregate, bool hasLines, ImmutableArray<PlanValue>? ofCell, int limit)
    {
        ImmutableArray<Column> origin =
        [
            new(Row, new SourceColumn(model.Name, $"to_jsonb({SqlName.Quote(model.Relation.Name)})::text", Row, DataType.Text)),
            new(Partition, hasLines ? new SourceColumn(model.Name, Partition, Partition, DataType.Date) : SqlValue.Of(DataType.Date, "null::date")),
            new(Line, hasLines ? new SourceColumn(model.Name, Line, Line, DataType.Integer) : SqlValue.Of(DataType.Integer, "null::integer")),
        ];
        var values = aggregate.Values.Select(value => (value.Name, Call: (AggregateCall)value.Value)).ToArray();
        var measures = values.Select(value => new Column(value.Name, value.Call.Argument));
        const string name = "cell";

        // Of what is no sum over time, only the rows of the moment that counts; of conversions, only those that follow.
        var node = aggregate.Input is Filter { Input: Project chosen } filter
            ? new Project(
                name,
                new Filter(ofCell is null ? With(chosen, origin) : Followers(chosen, origin), [.. filter.Conditions, .. ofCell ?? []]),
                [.. From(chosen, origin), .. measures])
            : new Project(name, aggregate.Input, [.. origin, .. measures]);
        return new CellRows(model, [.. values.Select(value => value.Name)], hasLines, new Top(node, [(Partition, false), (Line, false)], limit));
    }

    /// <summary>The pairs of events with the origin of the second.</summary>
    private static Project Followers(Project pairs, ImmutableArray<Column> origin)
    {
        var join = (Join)pairs.Input;
        var events = (Project)join.Right;
        return With(pairs with { Input = join with { Right = With(events, origin) } }, [.. From(events, origin)]);
    }

    private static Project With(Project node, ImmutableArray<Column> more) => node with { Columns = [.. node.Columns, .. more] };

    /// <summary>The columns as another node reads them.</summary>
    private static IEnumerable<Column> From(Project node, ImmutableArray<Column> columns) =>
        columns.Select(column => new Column(column.Name, new OutputColumn(node.Name, column.Name, column.Value.Type)));
}
