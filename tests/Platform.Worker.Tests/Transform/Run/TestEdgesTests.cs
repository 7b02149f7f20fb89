using Platform.Testing;
using Platform.Worker.Transform;

namespace Platform.Worker.Tests.Transform.Run;

/// <summary>What a build does not run because a test of what it reads failed.</summary>
public sealed class TestEdgesTests(EmbeddedServers servers)
{
    private const string Sources = """
        sources:
          - name: raw
            schema: raw_shop
            tables:
              - name: orders
                columns: [{ name: id, data_tests: [unique] }]
              - name: customers
        """;

    [Fact]
    public async Task FailedTestOfASource_SkipsWhatReadsIt() => await AssertBuildAsync(
        "good Success, orders Skipped, report Skipped, source_unique_raw_orders_id Fail",
        ("models/sources.yml", Sources),
        ("models/orders.sql", "select * from {{ source('raw', 'orders') }}"),
        ("models/report.sql", "select * from {{ ref('orders') }}"),
        ("models/good.sql", "select * from {{ source('raw', 'customers') }}"));

    [Fact]
    public async Task FailedTestOfSeveralNodes_SkipsWhatReadsAllOfThem() => await AssertBuildAsync(
        "a Success, b Success, both Skipped, never_equal Fail, only_b Success",
        ("models/a.sql", "select 1 as id"),
        ("models/b.sql", "select 1 as id"),
        ("models/both.sql", "select a.id from {{ ref('a') }} as a join {{ ref('b') }} as b using (id)"),
        ("models/only_b.sql", "select * from {{ ref('b') }}"),
        ("tests/never_equal.sql", "select a.id from {{ ref('a') }} as a join {{ ref('b') }} as b using (id)"));

    [Fact]
    public async Task FailedTestOfAnEphemeralModel_SkipsWhatReadsIt() => await AssertBuildAsync(
        "no_rows_of_it Fail, report Skipped",
        ("models/it.sql", "{{ config(materialized='ephemeral') }} select 1 as id"),
        ("models/report.sql", "select * from {{ ref('it') }}"),
        ("tests/no_rows_of_it.sql", "select * from {{ ref('it') }}"));

    [Fact]
    public async Task UnitTestsAfterOneThatFailed_AndTheirModel_AreSkipped() => await AssertBuildAsync(
        "a_right Pass, b_wrong Fail, c_right Skipped, one Skipped",
        ("models/one.sql", "select 1 as id"),
        ("models/one.yml", """
            unit_tests:
              - { name: c_right, model: one, given: [], expect: { rows: [{ id: 1 }] } }
              - { name: b_wrong, model: one, given: [], expect: { rows: [{ id: 2 }] } }
              - { name: a_right, model: one, given: [], expect: { rows: [{ id: 1 }] } }
            """));

    [Fact]
    public async Task UnitTestOfAModelBelowAFailedTest_IsSkipped() => await AssertBuildAsync(
        "a Success, b Skipped, no_rows Fail, right Skipped",
        ("models/a.sql", "select 1 as id"),
        ("models/b.sql", "select * from {{ ref('a') }}"),
        ("tests/no_rows.sql", "select * from {{ ref('a') }}"),
        ("models/b.yml", "unit_tests: [{ name: right, model: b, given: [{ input: ref('a'), rows: [{ id: 3 }] }], expect: { rows: [{ id: 3 }] } }]"));

    private async Task AssertBuildAsync(string expected, params (string Path, string Text)[] files)
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync("create schema raw_shop; create table raw_shop.orders as select 1 as id from generate_series(1, 2); create table raw_shop.customers as select 1 as id");
        using var project = TestProject.Of(files);

        var result = await warehouse.BuildAsync(project, new BuildRequest { Publish = false });

        Assert.Equal(expected, string.Join(", ", result.Nodes.OrderBy(node => node.Name, StringComparer.Ordinal).Select(node => $"{node.Name} {node.Status}")));
    }
}
