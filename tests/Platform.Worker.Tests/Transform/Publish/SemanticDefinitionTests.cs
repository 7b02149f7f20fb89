using System.Text.Json.Nodes;
using Platform.Worker.Transform.Project;
using Platform.Worker.Transform.Publish;
using static Platform.Worker.Tests.Transform.Project.ProjectErrorTests;

namespace Platform.Worker.Tests.Transform.Publish;

/// <summary>Both forms of writing semantic models and metrics give the same semantic manifest.</summary>
public sealed class SemanticDefinitionTests
{
    private const string InsideTheModel = """
        models:
          - name: orders
            semantic_model: {name: orders}
            agg_time_dimension: placed_on
            columns:
              - {name: order_id, entity: {type: primary, name: order}}
              - {name: placed_on, granularity: day, dimension: {type: time}}
              - {name: channel, dimension: categorical}
            derived_semantics:
              dimensions: [{name: is_large, type: categorical, expr: amount > 100}]
            metrics:
              - {name: revenue, label: Revenue, type: simple, agg: sum, expr: amount, fill_nulls_with: 0}
              - {name: order_count, label: Orders, type: simple, agg: count, expr: order_id}
              - {name: average, label: Average, type: ratio, numerator: revenue, denominator: order_count}
              - {name: twice, label: Twice, type: derived, expr: revenue * 2, input_metrics: [{name: revenue}]}
              - {name: week, label: Week, type: cumulative, input_metric: {name: revenue, filter: "{{ Dimension('order__channel') }} = 'web'"}, window: 7 days}
              - {name: p90, label: P90, type: simple, agg: percentile, percentile: 0.9, percentile_type: discrete, expr: amount}
              - {name: level, label: Level, type: simple, agg: sum, expr: amount, non_additive_dimension: {name: placed_on, window_agg: max, group_by: [order]}}
              - {name: kept, label: Kept, type: conversion, entity: order, calculation: conversions, base_metric: order_count, conversion_metric: revenue, window: 7 days}
        """;

    private const string Apart = """
        semantic_models:
          - name: orders
            model: ref('orders')
            defaults: {agg_time_dimension: placed_on}
            entities: [{name: order, type: primary, expr: order_id}]
            dimensions:
              - {name: placed_on, type: time, expr: placed_on, type_params: {time_granularity: day}}
              - {name: channel, type: categorical, expr: channel}
              - {name: is_large, type: categorical, expr: amount > 100}
            measures:
              - {name: revenue, label: Revenue, agg: sum, expr: amount}
              - {name: order_count, label: Orders, agg: count, expr: order_id}
              - name: p90
                label: P90
                agg: percentile
                expr: amount
                agg_params: {percentile: 0.9, use_discrete_percentile: true, use_approximate_percentile: false}
              - {name: level, label: Level, agg: sum, expr: amount, non_additive_dimension: {name: placed_on, window_choice: max, window_groupings: [order]}}
        metrics:
          - {name: revenue, label: Revenue, type: simple, type_params: {measure: {name: revenue, fill_nulls_with: 0}}}
          - {name: order_count, label: Orders, type: simple, type_params: {measure: order_count}}
          - {name: average, label: Average, type: ratio, type_params: {numerator: revenue, denominator: order_count}}
          - {name: twice, label: Twice, type: derived, type_params: {expr: revenue * 2, metrics: [revenue]}}
          - name: week
            label: Week
            type: cumulative
            type_params:
              measure: revenue
              cumulative_type_params: {window: 7 days, metric: {name: revenue, filter: "{{ Dimension('order__channel') }} = 'web'"}}
          - {name: p90, label: P90, type: simple, type_params: {measure: p90}}
          - {name: level, label: Level, type: simple, type_params: {measure: level}}
          - name: kept
            label: Kept
            type: conversion
            type_params:
              conversion_type_params:
                {entity: order, calculation: conversions, window: 7 days, base_measure: order_count, conversion_measure: revenue, base_metric: order_count, conversion_metric: revenue}
        """;

    [Fact]
    public void SemanticModel_InsideTheModel_IsAsOneApart()
    {
        Assert.Equal(Manifest(Apart).ToJsonString(), Manifest(InsideTheModel).ToJsonString());
    }

    private static JsonObject Manifest(string yaml)
    {
        using var project = TestProject.Of(("models/orders.sql", "select 1 as order_id, 2 as amount"), ("models/orders.yml", yaml));
        var errors = new ProjectErrors();
        var manifest = SemanticManifest.Make(Parse(project.Directory), errors);
        errors.ThrowIfAny();
        return manifest.Json;
    }
}
