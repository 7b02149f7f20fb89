using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Platform.Testing;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Tests.Operate.Cli.Transform;

/// <summary><c>transform publish</c>: any dbt project that was built where its profile says becomes what readers ask.</summary>
public sealed class PublishCommandTests(EmbeddedServers servers)
{
    private static readonly (string, string)[] Shop =
    [
        ("models/orders.sql", "{{ config(materialized='table') }} select 1 as order_id, date '2026-01-01' as ordered_on, 2.5 as amount"),
        ("models/days.sql", "{{ config(materialized='table') }} select date '2026-01-01' as day"),
        ("models/metrics.yml", """
            models:
              - name: days
                time_spine: {standard_granularity_column: day}
                columns: [{name: day, granularity: day}]
              - name: orders
                semantic_model: {enabled: true}
                agg_time_dimension: ordered_on
                columns:
                  - {name: order_id, entity: {name: order, type: primary}, data_tests: [unique]}
                  - {name: ordered_on, granularity: day, dimension: {type: time}}
                metrics: [{name: revenue, label: Revenue, type: simple, agg: sum, expr: amount}]
            """),
    ];

    [Fact]
    public async Task Publish_AfterBuild_MakesTheProjectsCatalogueCurrent()
    {
        await using var cli = await CreateAsync();
        Assert.Equal(0, (await cli.RunAsync("build")).Code);

        var result = await cli.RunAsync("publish", "--from", "2026-01-01", "--to", "2026-01-31");

        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Contains("Published the metrics of 'shop' as publication 1", result.Output, StringComparison.Ordinal);
        Assert.Equal(
            "shop dev orders revenue dev days 2026-01-31 unique_orders_order_id True",
            await cli.ScalarAsync<string>("""
                select concat_ws(' ', project_name, semantic_manifest #>> '{semantic_models,0,node_relation,schema_name}', semantic_manifest #>> '{semantic_models,0,node_relation,alias}',
                  semantic_manifest #>> '{metrics,0,name}', semantic_manifest #>> '{project_configuration,time_spines,0,node_relation,schema_name}',
                  semantic_manifest #>> '{project_configuration,time_spines,0,node_relation,alias}', data_date_to::text,
                  (select m #>> '{tests,0,name}' from jsonb_array_elements(manifest -> 'models') as m where m ->> 'name' = 'orders'),
                  case when has_table_privilege('platform_api', 'dev.orders', 'select') and has_schema_privilege('platform_api', 'dev', 'usage') then 'True' end)
                from meta.publication where is_current
                """));

        // Again, after a change: the newer one takes its place.
        Assert.Equal(0, (await cli.RunAsync("publish")).Code);
        Assert.Equal(2, await cli.ScalarAsync<long>("select publication_id from meta.publication where is_current"));
    }

    [Fact]
    public async Task Publish_OfWhatIsNotBuiltOrFailed_ChangesNothing()
    {
        await using var cli = await CreateAsync();

        var unbuilt = await cli.RunAsync("publish");
        Assert.Equal(2, unbuilt.Code);
        Assert.Contains("describes 'orders', which is not built", unbuilt.Output, StringComparison.Ordinal);

        cli.Project.Write("models/orders.sql", "{{ config(materialized='table') }} select 1 as order_id, date '2026-01-01' as ordered_on, 2.5 as amount union all select 1, '2026-01-02', 3");
        Assert.Equal(1, (await cli.RunAsync("build")).Code);
        var failed = await cli.RunAsync("publish");
        Assert.Equal(2, failed.Code);
        Assert.Contains("The last run of this project failed at test.shop.unique_orders_order_id", failed.Output, StringComparison.Ordinal);
        Assert.Equal(0, await cli.ScalarAsync<long>("select count(*) from meta.publication"));
    }

    [Fact]
    public async Task Publish_WhereNoWorkerWas_SaysSo()
    {
        await using var cli = await TransformCli.CreateAsync(servers, Shop);
        Assert.Equal(0, (await cli.RunAsync("build")).Code);
        var result = await cli.RunAsync("publish");
        Assert.Equal(2, result.Code);
        Assert.Contains("has no meta.publication", result.Output, StringComparison.Ordinal);
    }

    private async Task<TransformCli> CreateAsync()
    {
        var cli = await TransformCli.CreateAsync(servers, Shop);
        await new MigrationRunner(cli.Database.DataSource, Options.Create(new WarehouseOptions()), NullLogger<MigrationRunner>.Instance)
            .RunAsync(TestContext.Current.CancellationToken);
        return cli;
    }
}
