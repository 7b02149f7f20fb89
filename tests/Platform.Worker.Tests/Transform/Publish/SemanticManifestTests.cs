using Platform.Testing;
using Platform.Worker.Transform;

namespace Platform.Worker.Tests.Transform.Publish;

public sealed class SemanticManifestTests(EmbeddedServers servers)
{
    private const string Orders = "{{ config(materialized='table') }} select 1 as order_id, 'web' as channel, date '2026-01-01' as ordered_on, 2.5 as amount, 7 as customer_id";

    private const string Metrics = """
        models:
          - name: days
            time_spine: {standard_granularity_column: day}
            columns: [{name: day, granularity: day}]
        semantic_models:
          - name: orders
            model: ref('orders')
            defaults: {agg_time_dimension: ordered_on}
            entities:
              - {name: order, type: primary, expr: order_id}
              - {name: customer, type: foreign, expr: customer_id}
            dimensions:
              - {name: ordered_on, type: time, type_params: {time_granularity: day}}
              - {name: channel, type: categorical}
              - {name: is_large, type: categorical, expr: amount > 100}
            measures:
              - {name: order_amount, agg: sum, expr: amount}
              - {name: orders, agg: count, expr: order_id}
        metrics:
          - {name: revenue, type: simple, label: Revenue, type_params: {measure: order_amount}, config: {meta: {unit: EUR}}}
          - name: web_revenue
            type: simple
            type_params: {measure: {name: order_amount, fill_nulls_with: 0}}
            filter: "{{ Dimension('order__channel') }} = 'web'"
          - {name: order_count, type: simple, type_params: {measure: orders}}
          - {name: average_order, type: ratio, type_params: {numerator: revenue, denominator: order_count}}
          - {name: web_share, type: derived, type_params: {expr: web / revenue, metrics: [{name: web_revenue, alias: web}, revenue]}}
          - {name: revenue_last_7_days, type: cumulative, type_params: {measure: order_amount, cumulative_type_params: {window: 7 days}}}
        saved_queries:
          - {name: by_channel, query_params: {metrics: [revenue], group_by: ["Dimension('order__channel')"]}}
        """;

    /// <summary>What a semantic model and a saved query are configured with holds for their parts, unless these say otherwise.</summary>
    [Fact]
    public async Task Parts_InheritTheConfiguration()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(
            ("models/orders.sql", Orders), ("models/days.sql", "{{ config(materialized='table') }} select date '2026-01-01' as day"),
            ("models/metrics.yml", Metrics
                .Replace("defaults: {agg_time_dimension: ordered_on}", "defaults: {agg_time_dimension: ordered_on}\n    config: {meta: {owner: sales, level: model}}", StringComparison.Ordinal)
                .Replace("{name: channel, type: categorical}", "{name: channel, type: categorical, config: {meta: {level: dimension}}}", StringComparison.Ordinal)
                .Replace("[\"Dimension('order__channel')\"]}}", "[\"Dimension('order__channel')\"]}, config: {schema: reports, export_as: view}, exports: [{name: a}, {name: b, config: {schema: own, export_as: table}}]}", StringComparison.Ordinal)));

        await warehouse.PublishAsync(project);

        Assert.Equal(
            """{"level": "dimension", "owner": "sales"}|{"level": "model", "owner": "sales"}|{"level": "model", "owner": "sales"}|view reports|table own""",
            await warehouse.RowsAsync("""
                select s #>> '{semantic_models,0,dimensions,1,config,meta}', s #>> '{semantic_models,0,entities,0,config,meta}', s #>> '{semantic_models,0,measures,0,config,meta}',
                       (s #>> '{saved_queries,0,exports,0,config,export_as}') || ' ' || (s #>> '{saved_queries,0,exports,0,config,schema_name}'),
                       (s #>> '{saved_queries,0,exports,1,config,export_as}') || ' ' || (s #>> '{saved_queries,0,exports,1,config,schema_name}')
                from (select semantic_manifest as s from meta.publication where is_current) as current
                """));
    }

    [Fact]
    public async Task SemanticManifest_IsPublishedInDbtsShape()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(
            ("models/orders.sql", Orders), ("models/days.sql", "{{ config(materialized='table') }} select date '2026-01-01' as day"), ("models/metrics.yml", Metrics));

        await warehouse.PublishAsync(project);

        Assert.Equal(
            "analytics|orders|order_amount|EUR|7|day|day|analytics|1",
            await warehouse.RowsAsync("""
                select s #>> '{semantic_models,0,node_relation,schema_name}', s #>> '{semantic_models,0,node_relation,alias}',
                       s #>> '{metrics,0,type_params,measure,name}', s #>> '{metrics,0,config,meta,unit}',
                       s #>> '{metrics,5,type_params,cumulative_type_params,window,count}', s #>> '{metrics,5,type_params,cumulative_type_params,window,granularity}',
                       s #>> '{project_configuration,time_spines,0,primary_column,name}', s #>> '{project_configuration,time_spines,0,node_relation,schema_name}',
                       jsonb_array_length(s -> 'saved_queries')
                from (select semantic_manifest as s from meta.publication where is_current) as current
                """));
        Assert.Equal(
            "{{ Dimension('order__channel') }} = 'web'",
            await warehouse.ScalarAsync<string>("select semantic_manifest #>> '{metrics,1,filter,where_filters,0,where_sql_template}' from meta.publication"));
    }

    [Fact]
    public async Task MetricOnAMissingColumn_PublishesNothing_AndEveryErrorIsReported()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(("models/orders.sql", Orders), ("models/metrics.yml", Metrics.Replace("  - name: days\n    time_spine: {standard_granularity_column: day}\n    columns: [{name: day, granularity: day}]\n", "  []\n", StringComparison.Ordinal)));
        await warehouse.PublishAsync(project);

        project.Write("models/orders.sql", Orders.Replace("amount", "amount_eur", StringComparison.Ordinal).Replace("channel", "chanel", StringComparison.Ordinal));
        var fault = await Assert.ThrowsAsync<TransformException>(() => warehouse.BuildAsync(project));

        Assert.Equal(
            [
                "dimension 'channel' reads column 'channel', which 'orders' does not have.",
                "dimension 'is_large': column \"amount\" does not exist in 'amount > 100' on 'orders'.",
                "measure 'order_amount' reads column 'amount', which 'orders' does not have. Did you mean 'amount_eur'?",
            ],
            fault.Errors.Select(error => error.Message.Split(" There are:")[0]));
        Assert.All(fault.Errors, error => Assert.Equal("models/metrics.yml", error.At.File));
        Assert.True(fault.Errors[0].At.Line < fault.Errors[2].At.Line);
        Assert.Equal(1, await warehouse.ScalarAsync<long>("select count(*) from meta.publication"));
        Assert.Equal("web", await warehouse.ScalarAsync<string>("select channel from analytics.orders"));
    }

    [Fact]
    public async Task FaultsWithinTheYaml_AreReportedTogether_BeforeAnythingIsBuilt()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(
            ("models/orders.sql", Orders),
            ("models/metrics.yml", """
                semantic_models:
                  - name: orders
                    model: ref('orders')
                    entities: [{name: order, type: main, expr: order_id}]
                    dimensions: [{name: channel, type: categorical}]
                    measures: [{name: amount, agg: total}]
                metrics:
                  - {name: filtered, type: simple, type_params: {measure: amount}, filter: "{{ Dimension('order__colour') }} = 1"}
                """));

        var fault = await Assert.ThrowsAsync<TransformException>(() => warehouse.BuildAsync(project));

        Assert.Equal(
            """
            models/metrics.yml:2:5: semantic model 'orders' has dimensions but no primary entity to address them by. Give an entity type 'primary', or set 'primary_entity'.
            models/metrics.yml:4:36: entity 'order' has type 'main'. Use one of: primary, unique, foreign, natural.
            models/metrics.yml:6:16: measure 'amount' has no time to be aggregated by. Set 'agg_time_dimension' on it, or under the model's 'defaults'.
            models/metrics.yml:6:36: measure 'amount' has agg 'total'. Use one of: sum, min, max, count, count_distinct, average, median, percentile, sum_boolean.
            models/metrics.yml:8:76: there is no dimension 'order__colour'. Dimensions are addressed as entity__dimension, such as customer__region.
            """,
            string.Join('\n', fault.Errors.OrderBy(error => error.At.Line).ThenBy(error => error.At.Column).ThenBy(error => error.Message, StringComparer.Ordinal)));
        Assert.Equal(0, await warehouse.ScalarAsync<long>("select count(*) from meta.invocation"));
    }
}
