using System.Collections.Immutable;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Filters;
using Platform.Metrics.Plan.Tree;
using Platform.Metrics.Query;

namespace Platform.Metrics.Plan;

/// <summary>Plans queries without metrics: the combinations of values that occur, from the model that has the dimensions by the fewest joins.</summary>
internal sealed class DimensionPlanner(MetricQuery query, PlanContext context, List<QueryFault> faults)
{
    private readonly ColumnNames names = PlanContext.NewNames();

    public (Aggregate Node, ImmutableArray<KeyColumn> Keys)? Compute(string name)
    {
        string[] columns = [.. query.GroupBy.Select(element => names.Take(element.Text))];
        var isTime = query.GroupBy.Where(IsMetricTime).Count();
        if (isTime > 0 && isTime < query.GroupBy.Length)
        {
            faults.Add(new QueryFault("group_by", "metric_time is the time of metrics; without a metric it stands alone. Name a time dimension, or a metric."));
            return null;
        }

        if (isTime == 0 && (query.Start is not null || query.End is not null))
        {
            faults.Add(new QueryFault(query.Start is null ? "end" : "start", "start and end bound metric_time, which dimensions do not have; filter by a time dimension."));
            return null;
        }

        if (Rows(isTime > 0) is not var (node, values))
        {
            return null;
        }

        var aggregate = new Aggregate(name, node, [.. columns.Zip(values, (column, value) => new Column(column, value))], []);
        return (aggregate, [.. query.GroupBy.Select((element, at) => new KeyColumn(element, columns[at], values[at].Type))]);
    }

    private (PlanNode Node, PlanValue[] Values)? Rows(bool ofTime) => ofTime ? Times() : Dimensions();

    private static bool IsMetricTime(ElementName element) => element.Parts[0] == ElementName.MetricTime;

    /// <summary>Days, or periods, of the time spine.</summary>
    private (PlanNode, PlanValue[])? Times()
    {
        var publication = context.Catalogue.Publication;
        var grain = query.GroupBy.Min(element => element.Grain) is { } finest && finest < TimeGrain.Day ? finest : TimeGrain.Day;
        var spine = context.Catalogue.SpineFor(grain);
        var (from, to) = (query.Start ?? publication.DataDateFrom, query.End ?? publication.DataDateTo);
        if ((from is null || to is null) && spine is null)
        {
            faults.Add(new QueryFault("start", "Without a time spine, days are listed from start to end."));
            return null;
        }

        var periods = new Periods(PlanContext.PeriodsName, grain)
        {
            Spine = spine,
            From = from is { } first ? new Constant(first, DataType.Date) : null,
            To = to is { } last ? new Constant(last, DataType.Date) : null,
        };
        var rows = new PeriodSource(periods, new ColumnNames());
        var day = new Dimension(Periods.Column, Periods.Column) { Grain = grain, DataType = periods.Time.Type };
        var model = new SemanticModel
        {
            Name = ElementName.MetricTime, Relation = new Relation("", ""), Entities = [], Measures = [], Dimensions = [day], PrimaryEntity = ElementName.MetricTime,
        };
        var lookup = new ElementLookup(context.Catalogue, model, day);
        return Bound(lookup, found => rows.At(periods.Time, found), _ => throw new FilterException("metric_time has no metrics.", 0), () => rows.Node);
    }

    private (PlanNode, PlanValue[])? Dimensions()
    {
        var named = query.GroupBy
            .Concat(query.Where.SelectMany(where => where.All).Concat(query.Templates.SelectMany(template => template.References))
                .SelectMany(reference => reference switch
                {
                    Reference element => [element.Element],
                    MetricReference metric => metric.GroupBy.AsEnumerable(),
                    _ => [],
                })).Distinct().ToArray();
        var lookups = context.Catalogue.Models.Values.Where(model => model.Fault is null)
            .Select(model => (Model: model, Lookup: new ElementLookup(context.Catalogue, model, null)))
            .ToArray();
        var best = lookups
            .Select(own => (own.Model, Found: named.Select(own.Lookup.Find).ToArray()))
            .Where(own => own.Found.All(found => found.Element is not null && IsTimeless(found.Element)))
            .OrderBy(own => own.Found.SelectMany(found => found.Element!.Path).Select(step => (step.From.Name, step.Entity.Name, step.Target.Name)).Distinct().Count())
            .ThenBy(own => own.Found.Count(found => found.Element!.Entity is { Type: EntityType.Foreign }))
            .ThenBy(own => own.Model.Name, StringComparer.Ordinal)
            .Select(own => own.Model).FirstOrDefault();
        if (best is null)
        {
            Unknown(named, lookups.Select(own => own.Lookup).ToArray());
            return null;
        }

        var source = new FactSource(context, best, null, JoinKind.Full);
        var nothing = new SqlValue(["null"], DataType.Other);
        return Bound(source.Lookups, found => source.Bind(found, nothing), metric => source.Bind(metric, nothing), () => source.Node);
    }

    /// <summary>Without a time nothing says which row of a slowly changing dimension is meant.</summary>
    private static bool IsTimeless(ReachableElement element) => element.Path.All(step => step.Target.Validity is null);

    private (PlanNode, PlanValue[])? Bound(
        ElementLookup lookup, Func<ElementLookup.Found, PlanValue> bind, Func<MetricReference, PlanValue> metric, Func<PlanNode> node)
    {
        var binder = new FilterBinder(
            reference => lookup.Find(reference.Element) is { Element: not null } found
                ? bind(found)
                : throw new UnknownElementException(lookup.Find(reference.Element).Problem!, reference.Position, lookup.Find(reference.Element).Near),
            metric);
        var values = new List<PlanValue>();
        foreach (var element in query.GroupBy)
        {
            var found = lookup.Find(element is { IsMetricTime: true, HasGrain: false } ? ElementName.Of(element.Parts, TimeGrain.Day, null) : element);
            if (found.Element is null)
            {
                faults.Add(new QueryFault("group_by", found.Problem!, DidYouMean: found.Near));
            }
            else
            {
                values.Add(bind(found));
            }
        }

        var conditions = new List<PlanValue>();
        foreach (var where in query.Where)
        {
            Add(() => binder.Condition(where));
        }

        foreach (var template in query.Templates)
        {
            Add(() => binder.Bind(template));
        }

        return faults.Count == 0 ? (Filter.Of(node(), conditions), [.. values]) : null;

        void Add(Func<PlanValue> bound)
        {
            try
            {
                conditions.Add(bound());
            }
            catch (FilterException exception)
            {
                faults.Add(new QueryFault("where", exception.Message, exception.Position + 1, (exception as UnknownElementException)?.Near));
            }
        }
    }

    private void Unknown(ElementName[] named, ElementLookup[] lookups)
    {
        var unknown = named.Where(name => lookups.All(lookup => lookup.Find(name).Element is null)).ToArray();
        foreach (var name in unknown)
        {
            var parameter = query.GroupBy.Contains(name) ? "group_by" : "where";
            faults.Add(new QueryFault(
                parameter,
                lookups.Select(lookup => lookup.Find(name).Problem).FirstOrDefault(problem => problem!.Contains("grain", StringComparison.Ordinal))
                    ?? $"'{name}' is no dimension or entity of a semantic model.",
                DidYouMean: NearMatches.Of(name.Text, lookups.SelectMany(lookup => lookup.Usable()).Select(usable => usable.Name))));
        }

        if (unknown.Length == 0)
        {
            faults.Add(new QueryFault(
                "group_by", $"No semantic model reaches all of {string.Join(", ", named.Select(name => name.Text))} by joins that keep its rows as they are."));
        }
    }
}
