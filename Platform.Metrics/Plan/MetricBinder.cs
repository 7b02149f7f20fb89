using System.Collections.Immutable;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Filters;
using Platform.Metrics.Query;

namespace Platform.Metrics.Plan;

/// <summary>Takes metrics apart into arithmetic over measures, and gathers the measures by the scan that computes them.</summary>
internal sealed class MetricBinder(MetricCatalogue catalogue, ColumnNames names)
{
    private readonly Dictionary<(ScanDraft, string Measure), ScanValue> values = [];

    /// <summary>In the order in which the metrics need them.</summary>
    public List<(ScanDraft Draft, ScanContent Content)> Scans { get; } = [];

    /// <exception cref="QueryException">The metric cannot be computed.</exception>
    public MetricTerm Bind(Metric metric) => Bind(metric, metric.Name, [], default);

    private MetricTerm Bind(Metric metric, string asked, ImmutableArray<FilterTemplate> outer, TimeOffset offset)
    {
        var filters = outer.AddRange(metric.Filters);
        switch (metric.Definition)
        {
            case SimpleMetric simple:
                return Measure(simple.Measure, asked, filters, offset, null);
            case CumulativeMetric cumulative:
                return Measure(
                    cumulative.Measure,
                    asked,
                    filters,
                    offset,
                    new CumulativeWindow(cumulative.Window, cumulative.GrainToDate, cumulative.PeriodAggregation));
            case ConversionMetric conversion:
                return Conversion(conversion, asked, filters, offset);
            case RatioMetric ratio:
                var numerator = Input(ratio.Numerator, asked, filters, offset);
                var denominator = Input(ratio.Denominator, asked, filters, offset);
                return new RatioTerm(numerator, denominator, Quotient(numerator, denominator));
            case DerivedMetric derived:
                return Derived(derived, asked, filters, offset);
            case var other:
                throw new QueryException(new QueryFault(
                    "metrics", $"'{metric.Name}' is a {other.Type} metric: {(other as UnsupportedMetric)?.Reason ?? "it is not computed"}."));
        }
    }

    private MetricTerm Input(MetricInput input, string asked, ImmutableArray<FilterTemplate> filters, TimeOffset offset) => Bind(
        catalogue.Metrics[input.Metric], asked, filters.AddRange(input.Filters), offset.Plus(input.OffsetWindow, input.OffsetToGrain));

    private DerivedTerm Derived(DerivedMetric derived, string asked, ImmutableArray<FilterTemplate> filters, TimeOffset offset)
    {
        var inputs = derived.Inputs.DistinctBy(input => input.Name).ToDictionary(input => input.Name);
        var terms = new Dictionary<string, MetricTerm>();
        var parts = ImmutableArray.CreateBuilder<DerivedPart>();
        foreach (var (sql, name) in DerivedExpression.Cut(derived.Expr, inputs.Keys.ToHashSet()))
        {
            if (name is null)
            {
                parts.Add(new DerivedPart(sql, null));
                continue;
            }

            if (!terms.TryGetValue(name, out var term))
            {
                terms[name] = term = Input(inputs[name], asked, filters, offset);
            }

            parts.Add(new DerivedPart("", term));
        }

        var type = terms.Values.Any(term => term.Type == DataType.Double) ? DataType.Double : DataType.Decimal;
        return new DerivedTerm(parts.ToImmutable(), type);
    }

    /// <summary>Base events, and those of them that an event of the other kind followed.</summary>
    private MetricTerm Conversion(ConversionMetric metric, string asked, ImmutableArray<FilterTemplate> filters, TimeOffset offset)
    {
        var (input, inputFilters) = Resolved(metric.Base);
        var (to, toFilters) = Resolved(metric.Conversion);
        var (model, measure) = catalogue.FindMeasure(to.Measure)!.Value;
        var draft = new ConversionDraft(metric, model, measure, [.. toFilters.Distinct()]);
        var from = catalogue.FindMeasure(input.Measure)!.Value;
        Usable(model, asked);
        foreach (var (side, kind) in new[] { (from.Model, "base"), (model, "conversion") })
        {
            if (side.FindEntity(metric.Entity) is null)
            {
                throw new QueryException(new QueryFault(
                    "metrics", $"'{asked}' follows '{metric.Entity}', which is no entity of the {kind} measure's semantic model {side.Name}."));
            }
        }

        var conversions = Value(
            from.Model, from.Measure.AggTimeDimension, measure, [.. filters.AddRange(inputFilters).Distinct()], asked, offset, null, draft, to.JoinToTimespine);
        var term = new ValueTerm(conversions.Column, measure.DataType, to.FillNullsWith);
        if (!metric.IsRate)
        {
            return term;
        }

        var starts = Measure(metric.Base, asked, filters, offset, null);
        return new RatioTerm(term, starts, Quotient(term, starts));
    }

    /// <summary>The measure that is meant, also by way of a simple metric, and all filters on the way.</summary>
    private (MeasureInput Measure, ImmutableArray<FilterTemplate> Filters) Resolved(MeasureInput input)
    {
        if (!input.IsMetric)
        {
            return (input, input.Filters);
        }

        var metric = catalogue.Metrics[input.Measure];
        var measure = ((SimpleMetric)metric.Definition).Measure;
        return (measure, [.. input.Filters, .. metric.Filters, .. measure.Filters]);
    }

    private ValueTerm Measure(
        MeasureInput asGiven, string asked, ImmutableArray<FilterTemplate> outer, TimeOffset offset, CumulativeWindow? cumulative)
    {
        var (input, inner) = Resolved(asGiven);
        var (model, measure) = catalogue.FindMeasure(input.Measure)!.Value;
        if (cumulative is not null && measure.NonAdditive is not null)
        {
            throw new QueryException(new QueryFault("metrics", $"'{asked}' cumulates '{measure.Name}' over its non-additive dimension."));
        }

        var value = Value(
            model, measure.AggTimeDimension, measure, [.. outer.AddRange(inner).Distinct()], asked, offset, cumulative, null, input.JoinToTimespine);
        return new ValueTerm(value.Column, TypeOf(measure, cumulative), input.FillNullsWith);
    }

    // An average of daily values is no whole number.
    private static DataType TypeOf(Measure measure, CumulativeWindow? cumulative) =>
        cumulative is { PeriodAggregation: PeriodAggregation.Average } && measure.DataType == DataType.Integer ? DataType.Decimal : measure.DataType;

    private ScanValue Value(
        SemanticModel model, string time, Measure measure, ImmutableArray<FilterTemplate> filters, string asked, TimeOffset offset,
        CumulativeWindow? cumulative, ConversionDraft? conversion, bool joinToTimespine)
    {
        Usable(model, asked);
        var draft = new ScanDraft(
            model,
            time,
            string.Join('\n', filters.Select(filter => filter.Text).Order(StringComparer.Ordinal)),
            offset,
            cumulative,
            measure.NonAdditive is { } dimension && conversion is null
                ? new NonAdditiveKey(dimension.Name, dimension.First, string.Join(',', dimension.Groupings))
                : null,
            conversion is null ? null : conversion.Key,
            joinToTimespine);

        var content = Scans.Find(scan => scan.Draft == draft).Content;
        if (content is null)
        {
            content = new ScanContent(filters, conversion is null ? measure.NonAdditive : null, conversion);
            Scans.Add((draft, content));
        }

        content.Metrics.Add(asked);
        if (!values.TryGetValue((draft, measure.Name), out var value))
        {
            value = new ScanValue(names.Take(measure.Name), measure);
            values.Add((draft, measure.Name), value);
            content.Values.Add(value);
        }

        return value;
    }

    private static void Usable(SemanticModel model, string asked)
    {
        if (model.Fault is { } fault)
        {
            throw new QueryException(new QueryFault("metrics", $"'{asked}' cannot be computed: {fault}"));
        }
    }

    private static DataType Quotient(MetricTerm numerator, MetricTerm denominator) =>
        numerator.Type == DataType.Double || denominator.Type == DataType.Double ? DataType.Double : DataType.Decimal;
}
