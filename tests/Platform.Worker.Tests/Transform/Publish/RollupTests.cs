using Platform.Testing;
using Platform.Worker.Transform;

namespace Platform.Worker.Tests.Transform.Publish;

/// <summary>Rollups that saved queries declare: built with their facts, published with them, and only as much of them as the facts' changes ask for.</summary>
public sealed class RollupTests(EmbeddedServers servers)
{
    private const string Events = """
        {{ config(materialized='incremental', incremental_strategy='microbatch', unique_key='id', event_time='loaded_on', batch_size='day', begin='2026-01-01',
                  meta={'first_build': 'one_batch'}) }}
        select id, happened_on, channel, customer_id, amount, loaded_on from {{ source('raw', 'events') }}
        """;

    private const string Metrics = """
        sources: [{name: raw, schema: public, tables: [{name: events, config: {event_time: loaded_on}}]}]
        semantic_models:
          - name: events
            model: ref('events')
            defaults: {agg_time_dimension: happened_on}
            entities:
              - {name: event, type: primary, expr: id}
              - {name: customer, type: foreign, expr: customer_id}
            dimensions:
              - {name: happened_on, type: time, type_params: {time_granularity: day}}
              - {name: channel, type: categorical}
              - {name: is_large, type: categorical, expr: amount > 100}
            measures:
              - {name: amount, agg: sum, expr: amount}
              - {name: event_count, agg: count, expr: id}
              - {name: mean_amount, agg: average, expr: amount}
              - {name: customers_seen, agg: count_distinct, expr: customer_id}
          - name: customers
            model: ref('customers')
            entities: [{name: customer, type: primary, expr: customer_id}]
            dimensions: [{name: region, type: categorical}]
        metrics:
          - {name: amount, type: simple, type_params: {measure: amount}}
          - {name: event_count, type: simple, type_params: {measure: event_count}}
          - {name: mean_amount, type: simple, type_params: {measure: mean_amount}}
          - {name: customers_seen, type: simple, type_params: {measure: customers_seen}}
          - {name: large_amount, type: simple, type_params: {measure: amount}, filter: "{{ Dimension('event__is_large') }}"}
          - {name: large_share, type: ratio, type_params: {numerator: large_amount, denominator: amount}}
        saved_queries:
          - name: daily
            config: {meta: {rollup: true}}
            query_params:
              metrics: [large_share, mean_amount, customers_seen]
              group_by: ["TimeDimension('metric_time', 'day')", "Dimension('event__channel')"]
          - name: by_region
            config: {meta: {rollup: true}}
            query_params:
              metrics: [amount, event_count]
              group_by: ["TimeDimension('metric_time').grain('month')", "customer__region"]
        """;

    private const string Customers = "{{ config(materialized='table') }} select customer_id, region from public.customers";

    /// <summary>What a rollup holds, and what it should hold: as many rows, each once.</summary>
    private const string Daily = """
        select happened_on, channel, amount > 100, loaded_on, sum(amount), count(amount) from analytics.events group by 1, 2, 3, 4
        """;

    [Fact]
    public async Task Rollups_ArePublishedWithTheirFacts_AndOnlyChangedBatchesAreWritten()
    {
        await using var warehouse = await WarehouseAsync();
        using var project = Project();
        await warehouse.PublishAsync(project, Days(1, 3));

        var daily = await AliasAsync(warehouse, "rollup_daily__events");
        Assert.StartsWith("rollup_daily__events_", daily, StringComparison.Ordinal);
        Assert.Equal("rollup_by_region__events", await AliasAsync(warehouse, "rollup_by_region__events"));
        await HoldsAsync(warehouse, daily);
        Assert.Equal(
            "2026-01-01|north|60.00|3\n2026-01-01|south|350.00|2",
            await warehouse.RowsAsync("select by_metric_time__month::text, by_customer__region, sum_amount, count_event_count from analytics_rollups.rollup_by_region__events order by 2"));
        Assert.Equal(
            "by_event__channel||channel|\nby_event__is_large||amount > 100|\nby_metric_time__day|day|happened_on|\nevent_time|day|loaded_on|",
            await warehouse.RowsAsync("""
                select key ->> 'column', key ->> 'grain', key ->> 'expr', key #>> '{path,0,entity}'
                from meta.publication, jsonb_array_elements(semantic_manifest -> 'rollups') r, jsonb_array_elements(r -> 'keys') key
                where is_current and r ->> 'name' = 'rollup_daily__events' order by 1
                """));
        Assert.Equal("True", await warehouse.RowsAsync($"select has_table_privilege('platform_api', 'analytics_rollups.{daily}', 'select')"));

        // A day's rows change, one of an earlier day among them; another's go.
        await warehouse.ExecuteAsync(
            """
            update public.events set amount = 500 where id = 3;
            delete from public.events where id = 4;
            insert into public.events values (10, '2026-01-01', 'phone', 1, 7, '2026-01-02');
            """);
        var (table, untouched) = (await OidAsync(warehouse, daily), await warehouse.RowsAsync($"select xmin from analytics_rollups.{daily} where event_time = '2026-01-01' limit 1"));
        await warehouse.PublishAsync(project, Days(2, 2));

        await HoldsAsync(warehouse, daily);
        Assert.Equal(table, await OidAsync(warehouse, daily));
        Assert.Equal(untouched, await warehouse.RowsAsync($"select xmin from analytics_rollups.{daily} where event_time = '2026-01-01' limit 1"));
        Assert.Equal(
            "67.00|500.00",
            await warehouse.RowsAsync("select sum(sum_amount) filter (where by_customer__region = 'north'), sum(sum_amount) filter (where by_customer__region = 'south') from analytics_rollups.rollup_by_region__events"));
    }

    [Fact]
    public async Task Rollup_IsBuiltWhenItsFactsAre_WhateverIsSelected()
    {
        await using var warehouse = await WarehouseAsync();
        using var project = Project();
        await warehouse.PublishAsync(project, Days(1, 3));
        var daily = await AliasAsync(warehouse, "rollup_daily__events");

        await warehouse.ExecuteAsync("update public.events set amount = amount + 1; update public.customers set region = 'east' where customer_id = 2");
        var facts = await warehouse.PublishAsync(project, Days(2, 3) with { Select = ["events"] });
        Assert.Equal(["events", "rollup_by_region__events", "rollup_daily__events"], facts.Nodes.Select(node => node.Name).Order());
        await HoldsAsync(warehouse, daily);

        // Another build from nothing of the facts makes all of it again.
        await warehouse.PublishAsync(project, Days(3, 3) with { Select = ["events"], FullRefresh = true });
        await HoldsAsync(warehouse, daily);

        var customers = await warehouse.PublishAsync(project, Days(3, 3) with { Select = ["customers"] });
        Assert.Equal(["customers", "rollup_by_region__events"], customers.Nodes.Select(node => node.Name).Order());
        Assert.Equal("east\nnorth", await warehouse.RowsAsync("select distinct by_customer__region from analytics_rollups.rollup_by_region__events order by 1"));
        Assert.Equal("2", await warehouse.RowsAsync("select jsonb_array_length(semantic_manifest -> 'rollups') from meta.publication where is_current"));
    }

    [Fact]
    public async Task Rollup_OfAnotherDefinition_IsAnotherTable()
    {
        await using var warehouse = await WarehouseAsync();
        using var project = Project();
        await warehouse.PublishAsync(project, Days(1, 3));
        var before = await AliasAsync(warehouse, "rollup_daily__events");

        project.Write("models/metrics.yml", Metrics.Replace("amount > 100", "amount > 20", StringComparison.Ordinal));
        await warehouse.PublishAsync(project, Days(3, 3));

        var after = await AliasAsync(warehouse, "rollup_daily__events");
        Assert.NotEqual(before, after);
        Assert.Equal("", await warehouse.RowsAsync($"select to_regclass('analytics_rollups.{before}')::text"));
        Assert.Equal(
            await warehouse.RowsAsync(Daily.Replace("100", "20", StringComparison.Ordinal) + " order by 1, 2, 3, 4"),
            await warehouse.RowsAsync($"select by_metric_time__day, by_event__channel, by_event__is_large, event_time, sum_amount, count_mean_amount from analytics_rollups.{after} order by 1, 2, 3, 4"));
    }

    [Fact]
    public async Task Rollup_ThatWasNotMadeWithItsFacts_IsMadeAgain()
    {
        await using var warehouse = await WarehouseAsync();
        using var project = Project();
        await warehouse.PublishAsync(project, Days(1, 3));
        var daily = await AliasAsync(warehouse, "rollup_daily__events");

        // Without its declaration the table stays while parts are built; it no longer follows the facts.
        project.Write("models/metrics.yml", Metrics.Replace("rollup: true", "rollup: false", StringComparison.Ordinal));
        await warehouse.ExecuteAsync("update public.events set amount = 1000 where id = 1");
        await warehouse.PublishAsync(project, Days(1, 1) with { Select = ["events"] });
        Assert.Equal("0", await warehouse.RowsAsync("select jsonb_array_length(semantic_manifest -> 'rollups') from meta.publication where is_current"));

        project.Write("models/metrics.yml", Metrics);
        await warehouse.PublishAsync(project, Days(3, 3) with { Select = ["customers"] });
        Assert.Equal("rollup_by_region__events", await warehouse.RowsAsync("select r ->> 'name' from meta.publication, jsonb_array_elements(semantic_manifest -> 'rollups') r where is_current"));

        await warehouse.PublishAsync(project, Days(3, 3) with { Select = ["events"] });
        await HoldsAsync(warehouse, daily);
    }

    [Fact]
    public async Task SavedQuery_ThatNoRollupCanHold_IsRefusedWithFileAndLine()
    {
        await using var warehouse = await WarehouseAsync();
        using var project = Project();
        project.Write("models/metrics.yml", Metrics
            .Replace("Dimension('event__channel')", "Dimension('event__chanel')", StringComparison.Ordinal)
            .Replace("[amount, event_count]", "[customers_seen]", StringComparison.Ordinal));

        var fault = await Assert.ThrowsAsync<TransformException>(() => warehouse.BuildAsync(project));

        Assert.Equal(2, fault.Errors.Count);
        Assert.All(fault.Errors, error => Assert.Equal("models/metrics.yml", error.At.File));
        Assert.Contains("'daily' is declared as a rollup, and 'Dimension('event__chanel')' is nothing", fault.Errors[0].Message, StringComparison.Ordinal);
        Assert.Contains("'by_region' is declared as a rollup, and none of its measures", fault.Errors[1].Message, StringComparison.Ordinal);
    }

    private static TestProject Project() => TestProject.Of(("models/events.sql", Events), ("models/customers.sql", Customers), ("models/metrics.yml", Metrics));

    private static BuildRequest Days(int from, int to) => new() { From = new DateOnly(2026, 1, from), To = new DateOnly(2026, 1, to) };

    private static Task<string> AliasAsync(TestWarehouse warehouse, string name) => warehouse.RowsAsync(
        $"select r #>> '{{node_relation,alias}}' from meta.publication, jsonb_array_elements(semantic_manifest -> 'rollups') r where is_current and r ->> 'name' = '{name}'");

    private static Task<string> OidAsync(TestWarehouse warehouse, string name) => warehouse.RowsAsync($"select 'analytics_rollups.{name}'::regclass::oid");

    private static async Task HoldsAsync(TestWarehouse warehouse, string rollup) => Assert.Equal(
        await warehouse.RowsAsync(Daily + " order by 1, 2, 3, 4"),
        await warehouse.RowsAsync($"select by_metric_time__day, by_event__channel, by_event__is_large, event_time, sum_amount, count_mean_amount from analytics_rollups.{rollup} order by 1, 2, 3, 4"));

    private async Task<TestWarehouse> WarehouseAsync()
    {
        var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync(
            """
            create table public.customers as select * from (values (1, 'north'), (2, 'south')) as c (customer_id, region);
            create table public.events (id integer, happened_on date, channel text, customer_id integer, amount numeric(18, 2), loaded_on date);
            insert into public.events values
              (1, '2026-01-01', 'web', 1, 10, '2026-01-01'), (2, '2026-01-01', 'web', 1, 20, '2026-01-01'), (3, '2026-01-02', null, 2, 200, '2026-01-02'),
              (4, '2026-01-01', 'phone', 2, 150, '2026-01-02'), (5, '2026-01-03', 'web', 1, 30, '2026-01-03');
            """);
        return warehouse;
    }
}
