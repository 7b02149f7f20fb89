using Platform.Testing;
using Platform.Worker.Transform;

namespace Platform.Worker.Tests.Transform.Publish.Results;

/// <summary>What publications record of themselves; the expected numbers are counted by hand from the rows of the tests.</summary>
public sealed class PublicationResultsTests(EmbeddedServers servers)
{
    private const string Values = "select metric, data_date::text, publication_id, value from meta.metric_value order by metric, data_date, publication_id";
    private const string Models = "select publication_id, relation, built, rows, rows_added, rows_removed from meta.publication_model order by publication_id, relation";

    [Fact]
    public async Task WholeThenDelta_RecordsRowsAndTheDatesThatChanged()
    {
        await using var warehouse = await WarehouseAsync();
        using var project = Project("delete+insert");
        await warehouse.PublishAsync(project);
        Assert.Equal("1|analytics.orders|whole|3||\n1|analytics.regions|whole|2||", await warehouse.RowsAsync(Models));
        Assert.Equal("order_count|2026-01-01|1|2\norder_count|2026-01-02|1|1\nrevenue|2026-01-01|1|30.50\nrevenue|2026-01-02|1|7.00", await warehouse.RowsAsync(Values));

        // Order 2 costs less and was made a day later, order 4 is new; order 1 and 3 come again as they were.
        await warehouse.ExecuteAsync("update public.shop set amount = 15.25, day = '2026-01-02' where id = 2; insert into public.shop values (4, '2026-01-03', 1.00, 'north')");
        await warehouse.PublishAsync(project);

        Assert.Equal("2|analytics.orders|delta|4|4|3\n2|analytics.regions|whole|2||", await warehouse.RowsAsync($"select * from ({Models}) m where publication_id = 2"));
        Assert.Equal(
            """
            order_count|2026-01-01|2|1
            order_count|2026-01-02|2|2
            order_count|2026-01-03|2|1
            revenue|2026-01-01|2|10.25
            revenue|2026-01-02|2|22.25
            revenue|2026-01-03|2|1.00
            """,
            await warehouse.RowsAsync($"select * from ({Values}) v where publication_id = 2"));
        await warehouse.PublishAsync(project);
        Assert.Equal("", await warehouse.RowsAsync($"select * from ({Values}) v where publication_id = 3"));
        Assert.Equal(
            "22.25", await warehouse.RowsAsync("select sum(amount) from analytics.orders where day = '2026-01-02'"));
    }

    [Theory]
    [InlineData("append", "7|4|0")]
    [InlineData("delete+insert", "4|4|3")]
    // It does not tell which rows it changed.
    [InlineData("merge", "||")]
    public async Task Strategy_DecidesWhatIsKnown_AndABuildFromNothingKnowsAll(string strategy, string second)
    {
        await using var warehouse = await WarehouseAsync();
        using var project = Project(strategy);
        await warehouse.PublishAsync(project);
        await warehouse.ExecuteAsync("insert into public.shop values (4, '2026-01-03', 1.00, 'north')");

        await warehouse.PublishAsync(project);
        await warehouse.PublishAsync(project, new BuildRequest { FullRefresh = true });

        Assert.Equal(
            $"{second}\n4||", await warehouse.RowsAsync($"select rows, rows_added, rows_removed from ({Models}) m where relation = 'analytics.orders' and publication_id > 1"));
        Assert.Equal(
            "2026-01-01|30.50\n2026-01-02|7.00\n2026-01-03|1.00",
            await warehouse.RowsAsync("select distinct on (data_date) data_date::text, value from meta.metric_value where metric = 'revenue' order by data_date, publication_id desc"));
    }

    [Fact]
    public async Task MetricThatIsDefinedAnew_IsReadWholeOnce()
    {
        await using var warehouse = await WarehouseAsync();
        using var project = Project("delete+insert");
        await warehouse.PublishAsync(project);

        project.Write("models/metrics.yml", Metrics.Replace("expr: amount}", "expr: amount * 2}", StringComparison.Ordinal));
        await warehouse.PublishAsync(project);
        project.Write("models/metrics.yml", Metrics.Replace("certified: true", "certified: false", StringComparison.Ordinal));
        await warehouse.ExecuteAsync("update public.shop set amount = 100 where id = 3");
        await warehouse.PublishAsync(project);
        project.Write("models/metrics.yml", Metrics.Replace("expr: amount}", "expr: amount * 2}", StringComparison.Ordinal));
        await warehouse.PublishAsync(project);

        Assert.Equal(
            "2026-01-01|1|30.50\n2026-01-01|2|61.00\n2026-01-02|1|7.00\n2026-01-02|2|14.00\n2026-01-02|4|200.00",
            await warehouse.RowsAsync("select data_date::text, publication_id, value from meta.metric_value where metric = 'revenue' order by 1, 2"));
        Assert.Equal(
            "1|True\n2|True\n3|False\n4|True",
            await warehouse.RowsAsync("select publication_id, definition_sha256 is not null from meta.recorded_metric where metric = 'revenue' order by 1"));
    }

    [Fact]
    public async Task PublicationWithoutResults_MakesTheNextOneReadWhole()
    {
        await using var warehouse = await WarehouseAsync();
        using var project = Project("delete+insert");
        await warehouse.PublishAsync(project);
        await warehouse.ExecuteAsync("insert into public.shop values (4, '2026-01-03', 1.00, 'north')");
        await warehouse.PublishAsync(project);
        // As a version that records nothing leaves it.
        await warehouse.ExecuteAsync(
            "delete from meta.publication_model where publication_id = 2; delete from meta.metric_value where publication_id = 2; update meta.publication set results_recorded = false where publication_id = 2");

        await warehouse.PublishAsync(project);

        Assert.Equal("delta|4|4|4", await warehouse.RowsAsync("select built, rows, rows_added, rows_removed from meta.publication_model where publication_id = 3 and relation = 'analytics.orders'"));
        Assert.Equal("2026-01-03|1.00", await warehouse.RowsAsync("select data_date::text, value from meta.metric_value where publication_id = 3 and metric = 'revenue'"));
    }

    [Fact]
    public async Task MetricThatCannotBeComputed_IsNotRecorded_AndDoesNotStopThePublication()
    {
        await using var warehouse = await WarehouseAsync();
        using var project = Project("delete+insert");
        project.Write("models/metrics.yml", Metrics.Replace("expr: amount}", "expr: 1 / (amount - 7)}", StringComparison.Ordinal));

        await warehouse.PublishAsync(project);
        await warehouse.PublishAsync(project);

        Assert.Equal("3", await warehouse.RowsAsync("select count(*) from analytics.orders"));
        Assert.Equal("||\n||", await warehouse.RowsAsync($"select rows, rows_added, rows_removed from ({Models}) m where relation = 'analytics.orders'"));
        Assert.Equal("", await warehouse.RowsAsync(Values));
    }

    [Fact]
    public async Task CodeOfAModel_IsAnotherWhereItsTextOrAMacroOrAnEphemeralModelIs_AndNotWithTheDates()
    {
        await using var warehouse = await WarehouseAsync();
        using var project = Project("delete+insert");
        await PublishAsync(1);
        await PublishAsync(2);
        Assert.Equal(["analytics.orders 1", "analytics.regions 1"], await ChangedAsync());

        project.Write("macros/shop.sql", "{% macro shop() %}public.shop as s{% endmacro %}");
        await PublishAsync(3);
        Assert.Equal(["analytics.orders 2", "analytics.regions 1"], await ChangedAsync());

        project.Write("models/stg_shop.sql", "{{ config(materialized='ephemeral') }} -- depends_on: {{ source('public', 'shop') }}\nselect id, day, amount, region from {{ shop() }} where true");
        project.Write("models/regions.sql", "{{ config(materialized='table') }} select distinct region from {{ ref('orders') }} where region > ''");
        await PublishAsync(4);
        Assert.Equal(["analytics.orders 3", "analytics.regions 2"], await ChangedAsync());
        Assert.Equal(
            "analytics.orders||public.shop\nanalytics.regions|model.shop.orders|public.shop",
            await warehouse.RowsAsync("select relation, array_to_string(reads, ' '), array_to_string(sources, ' ') from meta.publication_model where publication_id = 4 order by 1"));

        Task PublishAsync(int day) => warehouse.PublishAsync(project, new BuildRequest { From = new DateOnly(2026, 1, day), To = new DateOnly(2026, 1, day) });

        async Task<string[]> ChangedAsync() =>
            (await warehouse.RowsAsync("select relation || ' ' || count(distinct code_sha256) from meta.publication_model group by relation order by relation")).Split('\n');
    }

    private const string Metrics = """
        sources: [{name: public, schema: public, tables: [{name: shop}]}]
        semantic_models:
          - name: orders
            model: ref('orders')
            defaults: {agg_time_dimension: ordered}
            entities: [{name: order, type: primary, expr: id}]
            dimensions: [{name: ordered, type: time, expr: day, type_params: {time_granularity: day}}]
            measures:
              - {name: order_amount, agg: sum, expr: amount}
              - {name: orders, agg: count, expr: id}
              - {name: stock, agg: sum, expr: amount, non_additive_dimension: {name: ordered, window_choice: max}}
              - {name: regions_seen, agg: count_distinct, expr: region}
        metrics:
          - {name: revenue, label: Revenue, type: simple, type_params: {measure: order_amount}, config: {meta: {certified: true}}}
          - {name: order_count, type: simple, type_params: {measure: orders}, meta: {certified: true}}
          - {name: open_stock, type: simple, type_params: {measure: stock}, meta: {certified: true}}
          - {name: region_count, type: simple, type_params: {measure: regions_seen}, meta: {certified: true}}
          - {name: orders_uncertified, type: simple, type_params: {measure: orders}}
        """;

    private static TestProject Project(string strategy) => TestProject.Of(
        ("macros/shop.sql", "{% macro shop() %}{{ source('public', 'shop') }}{% endmacro %}"),
        ("models/stg_shop.sql", "{{ config(materialized='ephemeral') }} -- depends_on: {{ source('public', 'shop') }}\nselect id, day, amount, region from {{ shop() }}"),
        ("models/orders.sql", $$$"""
            {{ config(materialized='incremental', incremental_strategy='{{{strategy}}}'{{{(strategy == "append" ? "" : ", unique_key='id'")}}}) }}
            select id, day, amount, region from {{ ref('stg_shop') }} -- {{ var('start_date', '') }}
            """),
        ("models/regions.sql", "{{ config(materialized='table') }} select distinct region from {{ ref('orders') }}"),
        ("models/metrics.yml", Metrics));

    private async Task<TestWarehouse> WarehouseAsync()
    {
        var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync("""
            create table public.shop (id integer, day date, amount numeric(18,2), region text);
            insert into public.shop values (1, '2026-01-01', 10.25, 'north'), (2, '2026-01-01', 20.25, 'south'), (3, '2026-01-02', 7.00, 'south');
            """);
        return warehouse;
    }
}
