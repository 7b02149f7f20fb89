using Platform.Testing;
using Platform.Worker.Transform;

namespace Platform.Worker.Tests.Transform.Publish;

/// <summary>What is wrong with metrics is told all at once with its place, before anything is published.</summary>
public sealed class MetricValidationTests(EmbeddedServers servers)
{
    private const string Orders =
        "{{ config(materialized='table') }} select 1 as order_id, 'web' as channel, date '2026-01-01' as ordered_on, 2.5 as amount, 7 as customer_id";

    private const string Model = """
        models:
          - name: days
            time_spine: {standard_granularity_column: day, custom_granularities: [{name: fiscal_year, column_name: fiscal}]}
            columns: [{name: day, granularity: day}, {name: fiscal}]
        semantic_models:
          - name: orders
            model: ref('orders')
            defaults: {agg_time_dimension: ordered_on}
            entities: [{name: order, type: primary, expr: order_id}, {name: customer, type: foreign, expr: customer_id}]
            dimensions: [{name: ordered_on, type: time, type_params: {time_granularity: day}}, {name: channel, type: categorical}]
            measures: [{name: amount, agg: sum}, {name: orders, agg: count, expr: order_id}]
        metrics:
          - {name: revenue, type: simple, type_params: {measure: amount}}
          - {name: order_count, type: simple, type_params: {measure: orders}}

        """;

    [Fact]
    public async Task Metrics_WhoseTimesAndConversionsMakeNoSense_AreRefusedBeforeTheBuild()
    {
        var errors = await ErrorsAsync("""
              - {name: w, type: cumulative, type_params: {measure: amount, cumulative_type_params: {window: seven days, period_agg: middle}}}
              - {name: g, type: cumulative, type_params: {measure: amount, cumulative_type_params: {grain_to_date: fortnight}}}
              - {name: o, type: derived, type_params: {expr: revenue - b, metrics: [revenue, {name: revenue, alias: b, offset_window: 1 moon}]}}
              - {name: f, type: derived, type_params: {expr: b, metrics: [{name: revenue, alias: b, offset_window: 1 fiscal_year}]}}
              - name: c
                type: conversion
                type_params: {conversion_type_params: {entity: basket, calculation: all, base_measure: orders, conversion_measure: amount, window: 7 days}}
            """);
        Assert.Equal(
            [
                "'seven days' is no window. Write a count and a grain, such as 7 days.",
                "metric 'w' has period_agg 'middle'. Use one of: first, last, average.",
                "'fortnight' is no grain. Use one of: microsecond, millisecond, second, minute, hour, day, week, month, quarter, year.",
                "'1 moon' is no window. Write a count and a grain, such as 7 days.",
                "metric 'c' follows entity 'basket', which no semantic model has. There are: customer, order.",
                "metric 'c' has calculation 'all'. Use one of: conversions, conversion_rate.",
            ],
            errors);
    }

    [Fact]
    public async Task Metrics_WhoseSqlTheColumnsCannotAnswer_AreRefusedAndNothingIsPublished()
    {
        var errors = await ErrorsAsync("""
              - {name: f1, type: simple, type_params: {measure: amount}, filter: "{{ Dimension('order__channel') }} > 5"}
              - {name: f2, type: simple, type_params: {measure: amount}, filter: ["{{ TimeDimension('metric_time', 'month') }} >= '2026-01-01'", "{{ Entity('customer') }} ="]}
              - {name: f3, type: simple, type_params: {measure: amount}, filter: "{{ Metric('order_count', group_by=['customer']) }} > 3 and chanel = 'web'"}
              - {name: d1, type: derived, type_params: {expr: revenue / orders_count, metrics: [revenue, order_count]}}
              - {name: d2, type: derived, type_params: {expr: "revenue / nullif(order_count, 0)", metrics: [revenue, order_count]}}
            saved_queries:
              - {name: s1, query_params: {metrics: [revenue], where: ["{{ TimeDimension('metric_time', 'fiscal_year') }} = 2026", "{{ Dimension('order__channel') }} like 3"]}}
            """);
        Assert.Equal(
            [
                "metric 'f1' filters by '{{ Dimension('order__channel') }} > 5': operator does not exist: text > integer.",
                "metric 'f2' filters by '{{ Entity('customer') }} =': syntax error at or near \")\".",
                "metric 'f3' filters by '{{ Metric('order_count', group_by=['customer']) }} > 3 and chanel = 'web'': column \"chanel\" does not exist.",
                "metric 'd1' is derived by 'revenue / orders_count': column \"orders_count\" does not exist. Its inputs are revenue, order_count.",
                "saved query 's1' filters by '{{ Dimension('order__channel') }} like 3': operator does not exist: text ~~ integer.",
            ],
            errors);
    }

    private async Task<IEnumerable<string>> ErrorsAsync(string metrics)
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(
            ("models/orders.sql", Orders),
            ("models/days.sql", "{{ config(materialized='table') }} select date '2026-01-01' as day, 2026 as fiscal"),
            ("models/metrics.yml", Model + metrics));
        var fault = await Assert.ThrowsAsync<TransformException>(() => warehouse.BuildAsync(project));
        Assert.All(fault.Errors, error => Assert.True(error.At is { File: "models/metrics.yml", Line: > 13 }, $"{error.At}"));
        Assert.Equal(0, await warehouse.ScalarAsync<long>("select count(*) from meta.publication"));
        return fault.Errors.OrderBy(error => error.At.Line).ThenBy(error => error.At.Column).Select(error => error.Message);
    }
}
