using Platform.Testing;
using Platform.Worker.Transform;

namespace Platform.Worker.Tests.Transform.Lineage;

/// <summary>The column lineage that a publication carries for the API, receipts and the console.</summary>
public sealed class LineagePublicationTests(EmbeddedServers servers)
{
    private const string Amount = """
        select source ->> 'unique_id', source ->> 'column', source ->> 'kind'
        from meta.publication, jsonb_array_elements(manifest -> 'models') as model,
             jsonb_array_elements(model -> 'lineage' -> 'columns' -> 'amount') as source
        where is_current and model ->> 'name' = 'totals' order by 1, 2
        """;

    [Fact]
    public async Task Publication_OfModels_TellsWhereTheirColumnsComeFrom()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync("create schema sales; create table sales.orders (id bigint, customer text, amount numeric, state text)");
        using var project = Shop();

        await warehouse.PublishAsync(project);

        Assert.Equal("model.shop.orders|amount|derived\nsource.shop.sales.rates|rate|derived", await warehouse.RowsAsync(Amount));
        Assert.Equal(
            "model.shop.orders|customer|filter\nmodel.shop.orders|id|filter\nsource.shop.sales.rates|id|filter",
            await warehouse.RowsAsync(Amount.Replace("-> 'columns' -> 'amount'", "-> 'filters'", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Publication_OfAPart_KeepsTheLineageOfTheRest()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync("create schema sales; create table sales.orders (id bigint, customer text, amount numeric, state text)");
        using var project = Shop();
        await warehouse.PublishAsync(project);

        await warehouse.PublishAsync(project, new BuildRequest { Select = ["orders"] });

        Assert.Equal("model.shop.orders|amount|derived\nsource.shop.sales.rates|rate|derived", await warehouse.RowsAsync(Amount));
    }

    /// <summary>Totals read an ephemeral model, which passes the columns of its own inputs on.</summary>
    private static TestProject Shop() => TestProject.Of(
        ("models/sources.yml", "sources: [{name: sales, tables: [{name: orders}, {name: rates}]}]"),
        ("macros/rates.sql", "{% macro make_rates() %}create table if not exists sales.rates (id bigint, rate numeric){% endmacro %}"),
        ("dbt_project.yml", "name: shop\nversion: '1.0'\non-run-start: '{{ make_rates() }}'\n"),
        ("models/orders.sql", "{{ config(materialized='table') }} select * from {{ source('sales', 'orders') }} where state = 'paid'"),
        ("models/converted.sql", """
            {{ config(materialized='ephemeral') }}
            select o.customer, o.amount * r.rate as amount from {{ ref('orders') }} o join {{ source('sales', 'rates') }} r on r.id = o.id
            """),
        ("models/totals.sql", "select customer, sum(amount) as amount from {{ ref('converted') }} group by customer"));
}
