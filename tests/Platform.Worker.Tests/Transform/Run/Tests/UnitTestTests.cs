using Platform.Testing;
using Platform.Worker.Transform;

namespace Platform.Worker.Tests.Transform.Run.Tests;

/// <summary>Unit tests in the warehouse: rows as dict, csv, sql and fixture files, overrides, and what becomes of the model.</summary>
public sealed class UnitTestTests(EmbeddedServers servers)
{
    private static readonly BuildRequest Plain = new() { Publish = false };

    private const string Totals = """
        with orders as (select * from {{ ref('orders') }}), names as (select * from {{ source('crm', 'customers') }})
        select c.name, coalesce(sum(o.amount), 0) as total, max(o.day) as last_day, bool_or(o.paid) as paid
        from names c left join orders o on o.customer = c.id
        where c.name <> '{{ var('nobody', 'none') }}' {{ "and c.name <> '" ~ env_var('HIDDEN_CUSTOMER', 'none') ~ "'" }}
        group by 1
        """;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Inputs_InEveryFormat_GiveTheExpectedRows(bool publish)
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = await ShopAsync(
            warehouse,
            """
            unit_tests:
              - name: dict_rows
                model: totals
                given:
                  - input: ref('orders')
                    rows:
                      - {customer: 1, amount: 10.5, day: 2026-01-02, paid: true}
                      - {Customer: 1, amount: 1.25}
                  - input: source('crm', 'customers')
                    rows: [{id: 1, name: "O'Hara"}, {id: 2, name: bert}]
                expect:
                  rows:
                    - {name: bert, total: 0, paid: null}
                    - {name: "O'Hara", total: 11.75, paid: true}
              - name: csv_and_sql_rows
                model: totals
                given:
                  - input: ref('orders')
                    format: csv
                    fixture: few_orders
                  - input: source('crm', 'customers')
                    format: sql
                    rows: select 1 as id, 'anna' as name union all select 3, 'carl'
                expect:
                  format: csv
                  rows: |
                    name,total,last_day
                    anna,30,2026-01-03
                    carl,0,
              - name: nothing_gives_nothing
                model: totals
                given: [{input: ref('orders'), rows: []}, {input: "source('crm', 'customers')", rows: []}]
                expect: {rows: []}
              - name: overrides
                model: totals
                overrides: {vars: {nobody: anna}, env_vars: {HIDDEN_CUSTOMER: bert}}
                given: [{input: ref('orders'), rows: []}, {input: "source('crm', 'customers')", rows: [{id: 1, name: anna}, {id: 2, name: bert}, {id: 3, name: carl}]}]
                expect: {format: sql, rows: "select 'carl' as name, 0::numeric as total, null::date as last_day, null::boolean as paid"}
            """);

        var result = await warehouse.BuildAsync(project, Plain with { Publish = publish });

        Assert.True(result.Success, string.Join('\n', result.Failures.Select(node => node.Message)));
        Assert.Equal(4, result.Nodes.Count(node => node is { ResourceType: "unit_test", Status: NodeStatus.Pass }));
    }

    [Fact]
    public async Task Difference_IsShownAsATable_AndTheModelIsNotBuilt()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = await ShopAsync(
            warehouse,
            """
            unit_tests:
              - name: sums
                model: totals
                given:
                  - input: ref('orders')
                    rows: [{customer: 1, amount: 10}, {customer: 3, amount: 7}]
                  - input: source('crm', 'customers')
                    rows: [{id: 1, name: anna}, {id: 2, name: bert}, {id: 3, name: carl}]
                expect:
                  rows: [{name: anna, total: 11}, {name: bert, total: 0}, {name: dora, total: 9}]
            """);

        var result = await warehouse.BuildAsync(project, Plain);

        var test = Assert.Single(result.Failures);
        Assert.Equal((NodeStatus.Fail, 1, "sums"), (test.Status, test.Failures, test.Name));
        Assert.Equal(
            """


            actual differs from expected:

            @@ ,name,total
            →  ,anna,11→10.00
               ,bert,0
            ---,dora,9
            +++,carl,7.00


            """.ReplaceLineEndings("\n"), test.Message);
        Assert.Equal(NodeStatus.Skipped, result.Nodes.Single(node => node.Name == "totals").Status);
        Assert.Equal("orders|r", await warehouse.KindsAsync("analytics"));
    }

    [Theory]
    [InlineData("given: [{input: ref('gone'), rows: []}]", "unit test 'broken' has the input 'ref('gone')', which is nothing of the project.")]
    [InlineData("given: [{input: orders, rows: []}]", "unit test 'broken' has the input 'orders', which is nothing of the project.")]
    [InlineData("given: [{input: ref('orders'), rows: []}]", "unit test 'broken' gives no rows for source('crm', 'customers')")]
    [InlineData("given: [{input: ref('orders'), rows: [{amont: 1}]}, {input: \"source('crm', 'customers')\", rows: []}]", "Invalid column name: 'amont' in unit test fixture for 'orders'.")]
    [InlineData("given: [{input: ref('orders'), rows: [{amount: ten}]}, {input: \"source('crm', 'customers')\", rows: []}]", "There may be an error in the unit test definition: check the data types.")]
    public async Task WrongDefinition_IsAnError(string given, string expected)
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = await ShopAsync(warehouse, "unit_tests: [{name: broken, model: totals, " + given + ", expect: {rows: [{name: x}]}}]");

        var result = await warehouse.BuildAsync(project, Plain);

        var test = Assert.Single(result.Failures);
        Assert.Equal(NodeStatus.Error, test.Status);
        Assert.Contains(expected, test.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task IncrementalModel_IsTestedBothWays_WithMacrosOverridden(bool publish)
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(
            ("macros/rate.sql", "{% macro rate() %}2{% endmacro %}"),
            ("models/eph.sql", "{{ config(materialized='ephemeral') }} select 5 as id, 1 as amount"),
            ("models/ledger.sql", """
                {{ config(materialized='incremental') }}
                select id, amount * {{ rate() }} * {{ dbt.length("'ab'") }} as amount from {{ ref('eph') }}
                {% if is_incremental() %} where id > (select max(id) from {{ this }}) {% endif %}
                """),
            ("models/schema.yml", """
                unit_tests:
                  - name: from_nothing
                    model: ledger
                    overrides: {macros: {is_incremental: false, rate: 3, dbt.length: 10}}
                    given: [{input: ref('eph'), format: sql, rows: "select 1 as id, 2 as amount"}]
                    expect: {rows: [{id: 1, amount: 60}]}
                  - name: goes_on
                    model: ledger
                    overrides: {macros: {is_incremental: true}}
                    given:
                      - {input: ref('eph'), format: sql, rows: "select 1 as id, 2 as amount union all select 2, 3"}
                      - {input: this, rows: [{id: 1, amount: 8}]}
                    expect: {rows: [{id: 2, amount: 12}]}
                """));
        if (!publish)
        {
            // As in dbt, the columns of {{ this }} are those of the table that is there.
            await warehouse.ExecuteAsync("create schema if not exists analytics; create table analytics.ledger as select 4 as id, 8 as amount");
        }

        var result = await warehouse.BuildAsync(project, Plain with { Publish = publish });

        Assert.True(result.Success, string.Join('\n', result.Failures.Select(node => node.Message)));
        Assert.Equal(publish ? "5|4" : "4|8\n5|4", await warehouse.RowsAsync("select * from analytics.ledger order by id"));
    }

    [Fact]
    public async Task VersionedModel_IsTestedInEachVersion()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(
            ("models/base.sql", "{{ config(materialized='table') }} select 1 as id"),
            ("models/orders_v1.sql", "select id from {{ ref('base') }}"),
            ("models/orders_v2.sql", "select id + 1 as id from {{ ref('base') }}"),
            ("models/schema.yml", """
                models: [{name: orders, latest_version: 2, versions: [{v: 1}, {v: 2}]}]
                unit_tests:
                  - {name: same, model: orders, given: [{input: ref('base'), rows: [{id: 7}]}], expect: {rows: [{id: 7}]}}
                """));

        var result = await warehouse.BuildAsync(project, Plain);

        Assert.Equal(
            "unit_test.shop.orders.same_v1 Pass, unit_test.shop.orders.same_v2 Fail",
            string.Join(", ", result.Nodes.Where(node => node.ResourceType == "unit_test").OrderBy(node => node.UniqueId, StringComparer.Ordinal)
                .Select(node => $"{node.UniqueId} {node.Status}")));
    }

    private static async Task<TestProject> ShopAsync(TestWarehouse warehouse, string unitTests)
    {
        await warehouse.ExecuteAsync("create schema crm; create table crm.customers (id int, name varchar(20))");
        return TestProject.Of(
            ("models/orders.sql", "{{ config(materialized='table') }} select 1 as customer, 5::numeric(10,2) as amount, date '2026-01-01' as day, true as paid"),
            ("models/totals.sql", Totals),
            ("models/sources.yml", "sources: [{name: crm, tables: [{name: customers}]}]"),
            ("models/unit.yml", unitTests),
            ("tests/fixtures/few_orders.csv", "customer,amount,day\n1,10,2026-01-03\n1,20,\n"));
    }
}
