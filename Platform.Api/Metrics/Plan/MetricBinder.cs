using System.Collections.Immutable;
using Platform.Api.Metrics.Catalogue;
using Platform.Api.Metrics.Filters;
using Platform.Api.Metrics.Query;

namespace Platform.Api.Metrics.Plan;

/// <summary>Takes metrics apart into arithmetic over measures, and gathers the measures by the scan that computes them.</summary>
internal sealed class MetricBinder(MetricCatalogue catalogue, ColumnNames names)
{
    private readonly Dictionary<(ScanDraft, string Measure), ScanValue> values = [];

    /// <summary>In the order in which the metrics need them.</summary>
    public List<(ScanDraft Draft, ScanContent Content)> Scans { get; } = [];

    /// <exception cref="QueryException">The metric is of a kind that is not computed.</exception>
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

    private ValueTerm Measure(
        MeasureInput input, string asked, ImmutableArray<FilterTemplate> outer, TimeOffset offset, CumulativeWindow? cumulative)
    {
        var (model, measure) = catalogue.FindMeasure(input.Measure)!.Value;
        if (model.Fault is { } fault)
        {
            throw new QueryException(new QueryFault("metrics", $"'{asked}' cannot be computed: {fault}"));
        }

        if (cumulative is not null && (measure.NonAdditive is not null || offset.ToGrain is not null))
        {
            throw new QueryException(new QueryFault(
                "metrics",
                $"'{asked}' cumulates '{measure.Name}' " +
                (measure.NonAdditive is not null ? "over its non-additive dimension." : "and looks back to a grain's start; only one of the two is computed.")));
        }

        ImmutableArray<FilterTemplate> filters = [.. outer.AddRange(input.Filters).Distinct()];
        var draft = new ScanDraft(
            model,
            measure.AggTimeDimension,
            string.Join('\n', filters.Select(filter => filter.Text).Order(StringComparer.Ordinal)),
            offset,
            cumulative,
            measure.NonAdditive is { } dimension
                ? new NonAdditiveKey(dimension.Name, dimension.First, string.Join(',', dimension.Groupings))
                : null,
            input.JoinToTimespine);

        var content = Scans.Find(scan => scan.Draft == draft).Content;
        if (content is null)
        {
            content = new ScanContent(filters, measure.NonAdditive);
            Scans.Add((draft, content));
        }

        content.Metrics.Add(asked);
        if (!values.TryGetValue((draft, measure.Name), out var value))
        {
            value = new ScanValue(names.Take(measure.Name), measure);
            values.Add((draft, measure.Name), value);
            content.Values.Add(value);
        }

        return new ValueTerm(value.Column, measure.DataType, input.FillNullsWith);
    }

    private static DataType Quotient(MetricTerm numerator, MetricTerm denominator) =>
        numerator.Type == DataType.Double || denominator.Type == DataType.Double ? DataType.Double : DataType.Decimal;
}
