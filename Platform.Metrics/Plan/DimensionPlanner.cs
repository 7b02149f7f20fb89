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
        var (times, dimensions) = Named();
        if (times.IsEmpty && (query.Start is not null || query.End is not null))
        {
            faults.Add(new QueryFault(query.Start is null ? "end" : "start", "start and end bound metric_time, which is not asked for; filter by a time dimension."));
            return null;
        }

        if ((dimensions.IsEmpty ? Times(times) : Dimensions(dimensions, times)) is not var (node, values))
        {
            return null;
        }

        var aggregate = new Aggregate(name, node, [.. columns.Zip(values, (column, value) => new Column(column, value))], []);
        return (aggregate, [.. query.GroupBy.Select((element, at) => new KeyColumn(element, columns[at], values[at].Type))]);
    }

    private static bool IsMetricTime(ElementName element) => element.Parts[0] == ElementName.MetricTime;

    /// <summary>What the query names: metric_time, and the rest.</summary>
    private (ImmutableArray<ElementName> Times, ImmutableArray<ElementName> Dimensions) Named()
    {
        var named = query.GroupBy
            .Concat(query.Where.SelectMany(where => where.All).Concat(query.Templates.SelectMany(template => template.References))
                .SelectMany(reference => reference switch
                {
                    Reference element => [element.Element],
                    MetricReference metric => metric.GroupBy.AsEnumerable(),
                    _ => [],
                })).Distinct().ToArray();
        return ([.. named.Where(IsMetricTime)], [.. named.Where(element => !IsMetricTime(element))]);
    }

    /// <summary>Days, or periods, of the time spine.</summary>
    private (PlanNode, PlanValue[])? Times(ImmutableArray<ElementName> named)
    {
        if (Listed(named) is not { } periods)
        {
            return null;
        }

        var rows = new PeriodSource(periods, new ColumnNames());
        var lookup = TimeLookup(periods);
        return Bound(_ => lookup, found => rows.At(periods.Time, found), _ => throw new FilterException("metric_time has no metrics.", 0), () => rows.Node);
    }

    private Periods? Listed(ImmutableArray<ElementName> named)
    {
        var publication = context.Catalogue.Publication;
        var grain = named.Min(element => element.Grain) is { } finest && finest < TimeGrain.Day ? finest : TimeGrain.Day;
        var spine = context.Catalogue.SpineFor(grain);
        var (from, to) = (query.Start ?? publication.DataDateFrom, query.End ?? publication.DataDateTo);
        if ((from is null || to is null) && spine is null)
        {
            faults.Add(new QueryFault("start", "Without a time spine, days are listed from start to end."));
            return null;
        }

        return new Periods(PlanContext.PeriodsName, grain)
        {
            Spine = spine,
            From = from is { } first ? new Constant(first, DataType.Date) : null,
            To = to is { } last ? new Constant(last, DataType.Date) : null,
        };
    }

    /// <summary>metric_time where it is that of no fact.</summary>
    private ElementLookup TimeLookup(Periods periods)
    {
        var day = new Dimension(Periods.Column, Periods.Column) { Grain = periods.Grain, DataType = periods.Time.Type };
        var model = new SemanticModel
        {
            Name = ElementName.MetricTime, Relation = new Relation("", ""), Entities = [], Measures = [], Dimensions = [day], PrimaryEntity = ElementName.MetricTime,
        };
        return new ElementLookup(context.Catalogue, model, day);
    }

    /// <summary>Values of dimensions; with metric_time, each at every period.</summary>
    private (PlanNode, PlanValue[])? Dimensions(ImmutableArray<ElementName> named, ImmutableArray<ElementName> times)
    {
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
            Unknown([.. named], lookups.Select(own => own.Lookup).ToArray());
            return null;
        }

        var source = new FactSource(context, best, null, JoinKind.Full);
        var nothing = new SqlValue(["null"], DataType.Other);
        if (times.IsEmpty)
        {
            return Bound(_ => source.Lookups, found => source.Bind(found, nothing), metric => source.Bind(metric, nothing), () => source.Node);
        }

        if (Listed(times) is not { } periods)
        {
            return null;
        }

        source.AtEvery(periods);
        var time = TimeLookup(periods);
        return Bound(
            element => IsMetricTime(element) ? time : source.Lookups,
            found => found.Element!.Path.IsEmpty && found.Element.Names is [ElementName.MetricTime] ? source.At(periods.Time, found) : source.Bind(found, nothing),
            metric => source.Bind(metric, nothing),
            () => query.Start is null && query.End is null
                ? source.Node
                : new Filter(source.Node, [SqlValue.Of(DataType.Boolean, periods.Time, " is not null")]));
    }

    /// <summary>Without a time nothing says which row of a slowly changing dimension is meant.</summary>
    private static bool IsTimeless(ReachableElement element) => element.Path.All(step => step.Target.Validity is null);

    private (PlanNode, PlanValue[])? Bound(
        Func<ElementName, ElementLookup> lookup, Func<ElementLookup.Found, PlanValue> bind, Func<MetricReference, PlanValue> metric, Func<PlanNode> node)
    {
        var binder = new FilterBinder(
            reference => lookup(reference.Element).Find(reference.Element) is var found && found.Element is not null
                ? bind(found)
                : throw new UnknownElementException(found.Problem!, reference.Position, found.Near),
            metric);
        var values = new List<PlanValue>();
        foreach (var element in query.GroupBy)
        {
            var found = lookup(element).Find(element is { IsMetricTime: true, HasGrain: false } ? ElementName.Of(element.Parts, TimeGrain.Day, null) : element);
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
