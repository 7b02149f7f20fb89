using System.Collections.Immutable;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Filters;
using Platform.Metrics.Plan.Tree;

namespace Platform.Metrics.Plan;

/// <summary>Events that follow others: each counts for the latest base event of its entity before it, within the window, with all of that one's dimensions.</summary>
internal sealed partial class ScanBuilder
{
    private const string EntityColumn = "entity";
    private const string Event = "conversion";
    private const string Nearness = "nearness";

    private FactRows Converted(ScanConditions conditions)
    {
        var conversion = content.Conversion!;
        var properties = conversion.Metric.ConstantProperties;
        var starts = Starts(conversion, conditions);
        var events = Events(conversion);
        PlanValue time = starts.Output(PlanContext.FactTime), then = events.Output(PlanContext.FactTime);

        // Both at the grain that both have: a purchase by day follows the visits of all hours of its day.
        if ((time: this.time.Grain, then: conversion.Model.FindDimension(conversion.Measure.AggTimeDimension)!.Grain) is ({ } own, { } others) && own != others)
        {
            var coarser = own > others ? own : others;
            (time, then) = (new CutTime(time, coarser), new CutTime(then, coarser));
        }

        PlanValue[] on =
        [
            SqlValue.Of(DataType.Boolean, starts.Output(EntityColumn), " = ", events.Output(EntityColumn)),
            SqlValue.Of(DataType.Boolean, time, " <= ", then),
            .. conversion.Metric.Window is { } window ? [SqlValue.Of(DataType.Boolean, time, " > ", MovedTime.Of(then, -window.Shift))] : Array.Empty<PlanValue>(),
            .. properties.Select((_, at) => SqlValue.Of(DataType.Boolean, starts.Output(Property(at)), " = ", events.Output(Property(at)))),
        ];

        // Of several base events at one moment any may be the one; the order by all that is shown makes it always the same.
        string[] shown = [.. columns.Where((_, at) => !source.IsMetricTime(keys[at]))];
        object[] order = [starts.Output(PlanContext.FactTime), " desc", .. shown.SelectMany(column => new object[] { ", ", starts.Output(column) })];
        var followed = new Project(
            context.Names.Take($"{name}_followed"),
            new Join(starts, events, JoinKind.Inner, SqlValue.And(on)),
            [
                new Column(PlanContext.FactTime, starts.Output(PlanContext.FactTime)),
                .. shown.Select(column => new Column(column, starts.Output(column))),
                .. content.Values.Select(value => new Column(value.Column, events.Output(value.Column))),
                new Column(Nearness, new SqlValue(["row_number() over (partition by ", events.Output(Event), " order by ", .. order, ")"], DataType.Integer)),
            ]);
        return new FactRows
        {
            Source = new RowSource(followed, new ColumnNames()),
            Time = followed.Output(PlanContext.FactTime),
            Keys = [.. keys.Zip(columns, (key, column) => source.IsMetricTime(key) ? null : (PlanValue?)followed.Output(column))],
            Values = [.. content.Values.Select(value => (value, (PlanValue)followed.Output(value.Column)))],
            Conditions = [SqlValue.Of(DataType.Boolean, followed.Output(Nearness), " = 1")],
        };
    }

    /// <summary>The base events, with what is grouped by.</summary>
    private Project Starts(ConversionDraft conversion, ScanConditions conditions)
    {
        ImmutableArray<Column> columnsOf =
        [
            new Column(EntityColumn, Of(draft.Model, source, conversion.Metric.Entity)),
            new Column(PlanContext.FactTime, source.OwnTime),
            .. keys.Zip(columns).Where(pair => !source.IsMetricTime(pair.First)).Select(pair => new Column(pair.Second, source.Bind(pair.First, source.Time))),
            .. conversion.Metric.ConstantProperties.Select((pair, at) => new Column(Property(at), Of(draft.Model, source, pair.Base))),
        ];

        // A base event that is not asked for takes no conversion from one that is.
        var range = draft.Offset.IsNone ? Range(source.Time, query.Start, query.End) : [];
        return new Project(context.Names.Take($"{name}_starts"), Filter.Of(source.Node, [.. conditions.OnRows, .. range]), columnsOf);
    }

    /// <summary>The events that may follow, each with a number of its own.</summary>
    private Project Events(ConversionDraft conversion)
    {
        var dimension = conversion.Model.FindDimension(conversion.Measure.AggTimeDimension)!;
        var events = new FactSource(context, conversion.Model, dimension);
        var binder = new FilterBinder(
            reference => events.Lookups.Find(reference.Element) is { Element: not null } found
                ? events.Bind(found, events.Time)
                : throw new FilterException($"'{reference.Element}' is no dimension or entity that {conversion.Model.Name} reaches.", reference.Position),
            reference => events.Bind(reference, events.Time));
        PlanValue[] filters = [.. conversion.Filters.Select(binder.Bind)];
        ImmutableArray<Column> columnsOf =
        [
            new Column(EntityColumn, Of(conversion.Model, events, conversion.Metric.Entity)),
            new Column(PlanContext.FactTime, events.OwnTime),
            .. conversion.Metric.ConstantProperties.Select((pair, at) => new Column(Property(at), Of(conversion.Model, events, pair.Conversion))),
            new Column(Event, SqlValue.Of(DataType.Integer, "row_number() over ()")),
            .. content.Values.Select(value => new Column(value.Column, events.Own(value.Measure))),
        ];
        return new Project(context.Names.Take($"{conversion.Model.Name}_events"), Filter.Of(events.Node, filters), columnsOf);
    }

    /// <summary>The entity or dimension of a model, by its name or, in full, as <c>entity__dimension</c>.</summary>
    private static PlanValue Of(SemanticModel model, FactSource rows, string element) =>
        rows.Own(element) is { } own ? RowSource.Plain(own)
        : rows.Lookups.Find(ElementName.Parse(element)) is { Element: not null } found ? rows.Bind(found, rows.Time)
        : throw new FilterException($"'{element}' is no entity or dimension of {model.Name}.", 0);

    private static string Property(int at) => $"property_{at + 1}";
}
