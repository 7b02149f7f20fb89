using System.Text.Json.Nodes;
using Platform.Api.Tests.Sample;
using Platform.Testing;

namespace Platform.Api.Tests.Metrics.Rollups;

/// <summary>The sample published with rollups, which plain SQL makes from its facts.</summary>
public sealed class RollupSample(EmbeddedServers servers) : SampleApi(servers)
{
    private const string Tables =
        """
        create table analytics.rollup_lines_by_day as
          select l.order_date as by_metric_time__day, l.order_id as by_order, case when l.quantity >= 3 then 'large' else 'small' end as by_line_size,
                 l.product_id as by_product, sum(l.net_amount_eur) as sum_revenue, sum(l.quantity) as sum_units, sum(l.quantity * l.unit_cost) as sum_cogs,
                 max(l.net_amount_eur) as max_line, min(l.net_amount_eur) as min_line
          from analytics.fct_order_lines l group by 1, 2, 3, 4;
        create table analytics.rollup_lines_by_month as
          select date_trunc('month', l.order_date)::date as by_metric_time__month, c.region as by_region, o.channel as by_channel, p.category as by_category,
                 sum(l.net_amount_eur) as sum_revenue, sum(l.quantity) as sum_units, sum(l.quantity * l.unit_cost) as sum_cogs, max(l.net_amount_eur) as max_line
          from analytics.fct_order_lines l left join analytics.fct_orders o using (order_id) left join analytics.dim_customer c using (customer_id)
          left join analytics.dim_product p using (product_id) group by 1, 2, 3, 4;
        create table analytics.rollup_orders_by_day as
          select (ordered_at at time zone 'UTC')::date as by_metric_time__day, channel as by_channel, customer_id as by_customer,
                 count(*) as count_orders, sum(case when is_first then 1 else 0 end) as sum_boolean_first
          from analytics.fct_orders group by 1, 2, 3;
        create table analytics.rollup_tickets_by_week as
          select date_trunc('week', opened_at at time zone 'UTC')::date as by_metric_time__week, priority as by_priority, customer_id as by_customer,
                 count(ticket_id) as count_tickets, sum(resolution_hours) as sum_hours, count(resolution_hours) as count_hours
          from analytics.fct_tickets group by 1, 2, 3;
        """;

    private const string Rollups =
        """
        [{"name": "rollup_lines_by_day", "saved_query": "lines_by_day", "semantic_model": "order_lines",
          "node_relation": {"alias": "rollup_lines_by_day", "schema_name": "analytics"},
          "keys": [
            {"column": "by_metric_time__day", "expr": "order_date", "grain": "day"}, {"column": "by_order", "expr": "order_id"},
            {"column": "by_line_size", "expr": "case when quantity >= 3 then 'large' else 'small' end"}, {"column": "by_product", "expr": "product_id"}],
          "values": [
            {"column": "sum_revenue", "agg": "sum", "expr": "net_amount_eur"}, {"column": "sum_units", "agg": "sum", "expr": "quantity"},
            {"column": "sum_cogs", "agg": "sum", "expr": "quantity * unit_cost"}, {"column": "max_line", "agg": "max", "expr": "net_amount_eur"},
            {"column": "min_line", "agg": "min", "expr": "net_amount_eur"}]},
         {"name": "rollup_lines_by_month", "saved_query": "lines_by_month", "semantic_model": "order_lines",
          "node_relation": {"alias": "rollup_lines_by_month", "schema_name": "analytics"},
          "keys": [
            {"column": "by_metric_time__month", "expr": "order_date", "grain": "month"},
            {"column": "by_region", "expr": "region", "path": [{"entity": "order", "semantic_model": "orders"}, {"entity": "customer", "semantic_model": "customers"}]},
            {"column": "by_channel", "expr": "channel", "path": [{"entity": "order", "semantic_model": "orders"}]},
            {"column": "by_category", "expr": "category", "path": [{"entity": "product", "semantic_model": "products"}]}],
          "values": [
            {"column": "sum_revenue", "agg": "sum", "expr": "net_amount_eur"}, {"column": "sum_units", "agg": "sum", "expr": "quantity"},
            {"column": "sum_cogs", "agg": "sum", "expr": "quantity * unit_cost"}, {"column": "max_line", "agg": "max", "expr": "net_amount_eur"}]},
         {"name": "rollup_orders_by_day", "saved_query": "orders_by_day", "semantic_model": "orders",
          "node_relation": {"alias": "rollup_orders_by_day", "schema_name": "analytics"},
          "keys": [
            {"column": "by_metric_time__day", "expr": "ordered_at", "grain": "day"}, {"column": "by_channel", "expr": "channel"},
            {"column": "by_customer", "expr": "customer_id"}],
          "values": [{"column": "count_orders", "agg": "count", "expr": "1"}, {"column": "sum_boolean_first", "agg": "sum_boolean", "expr": "is_first"}]},
         {"name": "rollup_tickets_by_week", "saved_query": "tickets_by_week", "semantic_model": "tickets",
          "node_relation": {"alias": "rollup_tickets_by_week", "schema_name": "analytics"},
          "keys": [
            {"column": "by_metric_time__week", "expr": "opened_at", "grain": "week"}, {"column": "by_priority", "expr": "priority"},
            {"column": "by_customer", "expr": "customer_id"}],
          "values": [
            {"column": "count_tickets", "agg": "count", "expr": "ticket_id"}, {"column": "sum_hours", "agg": "sum", "expr": "resolution_hours"},
            {"column": "count_hours", "agg": "count", "expr": "resolution_hours"}]},
         {"name": "rollup_gone", "saved_query": "gone", "semantic_model": "orders",
          "node_relation": {"alias": "rollup_gone", "schema_name": "analytics"}, "keys": [], "values": [{"column": "count_orders", "agg": "count", "expr": "1"}]}]
        """;

    protected override async Task PublishAsync(CancellationToken cancellationToken)
    {
        await SampleDatabase.ExecuteAsync(Database, Tables, cancellationToken);
        await SampleDatabase.GrantAsync(Database, cancellationToken);
        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(Repository.Sample("semantic_manifest.json"), cancellationToken))!;
        manifest["rollups"] = JsonNode.Parse(Rollups);
        await SampleDatabase.PublishAsync(Database, cancellationToken, manifest.ToJsonString());
    }
}
