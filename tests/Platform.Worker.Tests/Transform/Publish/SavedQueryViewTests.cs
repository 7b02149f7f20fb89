using Platform.Testing;

namespace Platform.Worker.Tests.Transform.Publish;

/// <summary>Saved queries as views for readers by SQL: made with the publication, changed with the project, and never in anybody's way.</summary>
public sealed class SavedQueryViewTests(EmbeddedServers servers)
{
    private const string Orders = "{{ config(materialized='table') }} select * from public.orders";

    private const string Metrics = """
        semantic_models:
          - name: orders
            model: ref('orders')
            defaults: {agg_time_dimension: ordered_on}
            entities: [{name: order, type: primary, expr: id}]
            dimensions:
              - {name: ordered_on, type: time, type_params: {time_granularity: day}}
              - {name: region, type: categorical}
            measures: [{name: amount, agg: sum}]
        metrics:
          - {name: amount, label: Amount, description: All of it., type: simple, type_params: {measure: amount}, config: {meta: {unit: EUR}}}
          - {name: amount_to_date, label: To date, type: cumulative, type_params: {measure: amount}}
        saved_queries:
          - name: by_region
            description: Who buys.
            query_params:
              metrics: [amount]
              group_by: ["Dimension('order__region')"]
              where: ["{{ Dimension('order__region') }} <> 'the \\ south''s'"]
          - name: orders
            query_params: {metrics: [amount], group_by: ["TimeDimension('metric_time', 'month')"]}
        """;

    [Fact]
    public async Task SavedQuery_IsAViewThatSaysWhatItIs()
    {
        await using var warehouse = await WarehouseAsync();
        using var project = Project();

        await warehouse.PublishAsync(project);

        Assert.Equal("north|35.00", await warehouse.RowsAsync("select * from analytics.by_region"));
        Assert.Equal("2026-01-01|42.00", await warehouse.RowsAsync("select metric_time__month::date::text, amount from analytics.orders_metrics"));
        Assert.StartsWith(
            "Saved query by_region: Who buys.\norder__region: order__region of the facts.\namount: All of it. [EUR]\nDefinition sha256:",
            await warehouse.RowsAsync("select obj_description('analytics.by_region'::regclass, 'pg_class')"),
            StringComparison.Ordinal);
        Assert.Equal("True|True", await warehouse.RowsAsync(
            "select has_table_privilege('bi_reader', 'analytics.by_region', 'select'), has_table_privilege('platform_api', 'analytics.by_region', 'select')"));
    }

    [Fact]
    public async Task NextPublication_HasItsRows_AndKeepsViewsOnTheViews()
    {
        await using var warehouse = await WarehouseAsync();
        using var project = Project();
        await warehouse.PublishAsync(project);
        await warehouse.ExecuteAsync("create schema bi; create view bi.best as select order__region from analytics.by_region");

        await warehouse.ExecuteAsync("insert into public.orders values (4, '2026-02-01', 'west', 1)");
        await warehouse.PublishAsync(project);
        Assert.Equal("north|35.00\nwest|1.00", await warehouse.RowsAsync("select * from analytics.by_region order by 1"));

        // Changed, and then gone.
        project.Write("models/metrics.yml", Metrics.Replace("metrics: [amount]", "metrics: [amount_to_date, amount]", StringComparison.Ordinal));
        await warehouse.PublishAsync(project);
        Assert.Equal("north|35.00|35.00\nwest|1.00|1.00", await warehouse.RowsAsync("select * from analytics.by_region order by 1"));
        Assert.Equal("north\nwest", await warehouse.RowsAsync("select * from bi.best order by 1"));

        await warehouse.ExecuteAsync("drop view bi.best");
        project.Write("models/metrics.yml", Metrics[..Metrics.IndexOf("saved_queries", StringComparison.Ordinal)]);
        await warehouse.PublishAsync(project);
        Assert.Equal("orders", await warehouse.RowsAsync("select relname from pg_class where relnamespace = 'analytics'::regnamespace and relkind in ('r', 'v')"));
    }

    [Fact]
    public async Task NewModel_TakesTheNameOfAView_AndSomebodysViewIsNotTouched()
    {
        await using var warehouse = await WarehouseAsync();
        using var project = Project();
        await warehouse.PublishAsync(project);

        project.Write("models/by_region.sql", "{{ config(materialized='table') }} select 1 as id");
        await warehouse.PublishAsync(project);
        Assert.Equal("1", await warehouse.RowsAsync("select * from analytics.by_region"));
        Assert.Equal("north|35.00", await warehouse.RowsAsync("select * from analytics.by_region_metrics"));

        await warehouse.ExecuteAsync("drop view analytics.orders_metrics; create view analytics.orders_metrics as select 1 as mine");
        await warehouse.PublishAsync(project);
        Assert.Equal("1", await warehouse.RowsAsync("select mine from analytics.orders_metrics"));
    }

    private static TestProject Project() => TestProject.Of(("models/orders.sql", Orders), ("models/metrics.yml", Metrics));

    private async Task<TestWarehouse> WarehouseAsync()
    {
        var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync(
            """
            create table public.orders (id integer, ordered_on date, region text, amount numeric(18, 2));
            insert into public.orders values (1, '2026-01-01', 'north', 10), (2, '2026-01-02', 'north', 25), (3, '2026-01-02', 'the \ south''s', 7);
            """);
        return warehouse;
    }
}
