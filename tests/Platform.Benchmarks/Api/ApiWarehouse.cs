using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Testing;
using Platform.Worker.Warehouse;

namespace Platform.Benchmarks.Api;

/// <summary>A published fact table of sales, with a semantic model and metrics over it.</summary>
internal static class ApiWarehouse
{
    private const string Manifest =
        """
        {"semantic_models": [{
           "name": "sales", "node_relation": {"alias": "fct_sales", "schema_name": "analytics", "database": "warehouse", "relation_name": "analytics.fct_sales"},
           "defaults": {"agg_time_dimension": "sold_on"},
           "entities": [{"name": "sale", "type": "primary", "expr": "sale_id"}],
           "dimensions": [
             {"name": "sold_on", "type": "time", "type_params": {"time_granularity": "day"}},
             {"name": "channel", "type": "categorical"}, {"name": "region", "type": "categorical"}, {"name": "product", "type": "categorical"}],
           "measures": [{"name": "revenue", "agg": "sum", "expr": "net_amount"}, {"name": "units", "agg": "sum", "expr": "quantity"}, {"name": "sales_count", "agg": "count", "expr": "1"}]}],
         "metrics": [
           {"name": "revenue", "type": "simple", "type_params": {"measure": {"name": "revenue"}}, "config": {"meta": {"unit": "EUR"}}},
           {"name": "units", "type": "simple", "type_params": {"measure": {"name": "units"}}},
           {"name": "sales_count", "type": "simple", "type_params": {"measure": {"name": "sales_count"}}},
           {"name": "average_price", "type": "ratio", "type_params": {"numerator": {"name": "revenue"}, "denominator": {"name": "units"}}}]}
        """;

    private const string Rollups =
        """
        [{"name": "rollup_sales", "saved_query": "sales", "semantic_model": "sales", "node_relation": {"alias": "rollup_sales", "schema_name": "analytics"},
          "keys": [
            {"column": "by_metric_time__day", "expr": "sold_on", "grain": "day"}, {"column": "by_channel", "expr": "channel"}, {"column": "by_region", "expr": "region"}],
          "values": [
            {"column": "sum_revenue", "agg": "sum", "expr": "net_amount"}, {"column": "sum_units", "agg": "sum", "expr": "quantity"},
            {"column": "count_sales_count", "agg": "count", "expr": "1"}]}]
        """;

    public static async Task FillAsync(TestDatabase database, int rows, CancellationToken cancellationToken)
    {
        var dataSource = database.DataSource;
        await new MigrationRunner(dataSource, Options.Create(new WarehouseOptions()), NullLogger<MigrationRunner>.Instance).RunAsync(cancellationToken);
        await using var fill = dataSource.CreateCommand(string.Create(CultureInfo.InvariantCulture, $"""
            create schema if not exists analytics;
            create table analytics.fct_sales as
            select 'S' || n as sale_id, '2024-01-01'::date + (n % 730) as sold_on, (array['web', 'store', 'marketplace', 'phone'])[1 + n % 4] as channel,
                   'region ' || (n * 7 % 23) as region, 'product ' || (n * 13 % 997) as product, 1 + n % 9 as quantity, ((n * 31 % 100000) / 100.0)::numeric(18, 2) as net_amount
            from generate_series(1, {rows}) n;
            analyze analytics.fct_sales;
            insert into meta.invocation (invocation_id, started_at, finished_at, success) values ('00000000-0000-0000-0000-000000000001', now(), now(), true);
            """));
        fill.CommandTimeout = 0;
        await fill.ExecuteNonQueryAsync(cancellationToken);
        await PublishAsync(dataSource, Manifest, cancellationToken);
    }

    /// <summary>Publishes the same facts with a rollup by day, channel and region.</summary>
    public static async Task RollUpAsync(TestDatabase database, CancellationToken cancellationToken)
    {
        await using var fill = database.DataSource.CreateCommand(
            """
            create table analytics.rollup_sales as
            select sold_on as by_metric_time__day, channel as by_channel, region as by_region,
                   sum(net_amount) as sum_revenue, sum(quantity) as sum_units, count(*) as count_sales_count
            from analytics.fct_sales group by 1, 2, 3;
            analyze analytics.rollup_sales;
            """);
        fill.CommandTimeout = 0;
        await fill.ExecuteNonQueryAsync(cancellationToken);
        var manifest = JsonNode.Parse(Manifest)!;
        manifest["rollups"] = JsonNode.Parse(Rollups);
        await PublishAsync(database.DataSource, manifest.ToJsonString(), cancellationToken);
    }

    private static async Task PublishAsync(NpgsqlDataSource dataSource, string manifest, CancellationToken cancellationToken)
    {
        await using var former = dataSource.CreateCommand("update meta.publication set is_current = false where is_current");
        await former.ExecuteNonQueryAsync(cancellationToken);
        await using var publish = dataSource.CreateCommand(
            """
            insert into meta.publication (published_at, invocation_id, data_date_from, data_date_to, project_version, semantic_manifest, manifest, is_current)
            values (now(), '00000000-0000-0000-0000-000000000001', '2024-01-01', '2025-12-30', '1', $1::jsonb, '{}', true)
            """);
        publish.Parameters.Add(new NpgsqlParameter { Value = manifest });
        await publish.ExecuteNonQueryAsync(cancellationToken);
    }
}
