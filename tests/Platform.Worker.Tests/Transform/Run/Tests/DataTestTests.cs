using Platform.Testing;
using Platform.Worker.Transform;

namespace Platform.Worker.Tests.Transform.Run.Tests;

/// <summary>Generic and singular tests: what they count, what becomes of it, and where failing rows are kept.</summary>
public sealed class DataTestTests(EmbeddedServers servers)
{
    private static readonly BuildRequest Plain = new() { Publish = false };

    [Theory]
    [InlineData("", "Fail", 1, "Got 1 result, configured to fail if != 0")]
    [InlineData("severity: warn", "Warn", 1, "Got 1 result, configured to warn if != 0")]
    [InlineData("severity: WARN, error_if: '> 0'", "Warn", 1, "Got 1 result, configured to warn if != 0")]
    [InlineData("error_if: '> 5', warn_if: '> 0'", "Warn", 1, "Got 1 result, configured to warn if > 0")]
    [InlineData("error_if: '> 5', warn_if: '> 4'", "Pass", 0, null)]
    [InlineData("fail_calc: 'sum(n_records)'", "Fail", 3, "Got 3 results, configured to fail if != 0")]
    [InlineData("where: 'id > 1'", "Pass", 0, null)]
    public async Task TestConfig_DecidesStatusAndMessage(string config, string status, int failures, string? message)
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = Orders("unique: {config: {" + config + "}}");

        var result = await warehouse.BuildAsync(project, Plain);

        var test = result.Nodes.Single(node => node.ResourceType == "test");
        Assert.Equal((status, failures, message), (test.Status.ToString(), test.Failures, test.Message));
        Assert.Equal(status != "Fail", result.Success);
    }

    [Fact]
    public async Task WarningsAreErrors_WhenAskedFor()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = Orders("unique: {config: {severity: warn}}");

        var result = await warehouse.BuildAsync(project, Plain with { Flags = new() { WarnError = true } });

        Assert.Equal(
            (NodeStatus.Fail, "Got 1 result, configured to fail if != 0"),
            (Assert.Single(result.Failures).Status, Assert.Single(result.Failures).Message));
    }

    [Fact]
    public async Task FailedTestOfThePlatformsBuild_ShowsAFewOfItsRows_CutWhereTheyAreLong()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(
            ("models/orders.sql", "{{ config(materialized='table') }} select 1 as id"),
            ("tests/orders_are_good.sql", "select n as order_id, repeat('x', case when n = 2 then 1000 else 3 end) as note from generate_series(1, 7) as n, {{ ref('orders') }} order by n"));

        var result = await warehouse.BuildAsync(project);

        var lines = Assert.Single(result.Failures).Message!.Split('\n');
        Assert.EndsWith("Got 7 results, configured to fail if != 0", lines[0], StringComparison.Ordinal);
        Assert.Equal(
            [
                """  {"note": "xxx", "order_id": 1}""", $$"""  {"note": "{{new string('x', 390)}} ...""", """  {"note": "xxx", "order_id": 3}""",
                """  {"note": "xxx", "order_id": 4}""", """  {"note": "xxx", "order_id": 5}""",
            ],
            lines[1..]);
    }

    [Fact]
    public async Task FailCalcWithoutANumber_IsAnErrorWithARemedy()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = Orders("unique: {config: {where: 'id > 1', fail_calc: 'sum(n_records)'}}");

        var result = await warehouse.BuildAsync(project, Plain);

        var test = Assert.Single(result.Failures);
        Assert.Equal(NodeStatus.Error, test.Status);
        Assert.Contains("gave null, no number. Write it so that no row gives 0: coalesce(..., 0).", test.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("store_failures: true", false, "r")]
    [InlineData("store_failures_as: table, limit: 1", false, "r")]
    [InlineData("store_failures_as: view", false, "v")]
    [InlineData("", true, "r")]
    [InlineData("store_failures: false", true, null)]
    [InlineData("store_failures_as: ephemeral", true, null)]
    [InlineData("", false, null)]
    public async Task FailingRows_AreStored(string config, bool flag, string? kind)
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = Orders("unique: {config: {alias: twice, " + config + "}}");
        var request = Plain with { StoreFailures = flag };

        await warehouse.BuildAsync(project, request);
        var again = await warehouse.BuildAsync(project, request);

        Assert.Equal("Got 1 result, configured to fail if != 0", Assert.Single(again.Failures).Message);
        Assert.Equal(
            kind is null ? "" : $"twice|{kind}",
            await warehouse.RowsAsync("select relname, relkind from pg_class c join pg_namespace n on n.oid = relnamespace where nspname = 'analytics_dbt_test__audit'"));
        if (kind is not null)
        {
            Assert.Equal("1|3", await warehouse.RowsAsync("select unique_field, n_records from analytics_dbt_test__audit.twice"));
            Assert.EndsWith(".\"analytics_dbt_test__audit\".\"twice\"", Assert.Single(again.Failures).RelationName, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task FailingRowsOfCandidates_AreStoredAlthoughNothingIsPublished()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = Orders("unique: {config: {alias: twice, schema: audit, store_failures: true}}");

        var result = await warehouse.BuildAsync(project);

        Assert.False(result.Success);
        Assert.Equal("", await warehouse.KindsAsync("analytics"));
        Assert.Equal("1|3", await warehouse.RowsAsync("select unique_field, n_records from analytics_audit.twice"));
    }

    [Fact]
    public async Task ViewOfFailingRows_StaysWithWhatIsPublished()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = Orders("unique: {config: {alias: twice, severity: warn, store_failures_as: view}}");

        await warehouse.PublishAsync(project);
        await warehouse.PublishAsync(project);

        Assert.Equal("1|3", await warehouse.RowsAsync("select unique_field, n_records from analytics_dbt_test__audit.twice"));
    }

    [Fact]
    public async Task SingularTest_HasItsConfiguration_AndReadsSourcesAndVersions()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync("create table public.\"Raw\" as select 1 as \"Id\" union all select null");
        using var project = TestProject.Of(
            ("models/orders_v1.sql", "select 1 as id"),
            ("models/orders_v2.sql", "select null::int as id"),
            ("models/schema.yml", """
                sources:
                  - name: raw
                    schema: public
                    tables:
                      - name: Raw
                        columns: [{name: Id, quote: true, data_tests: [not_null: {config: {where: '"Id" is not null'}}]}]
                models:
                  - name: orders
                    latest_version: 1
                    versions: [{v: 1}, {v: 2}]
                    columns: [{name: id, data_tests: [not_null: {config: {severity: warn}}]}]
                """),
            ("tests/no_null.sql", "{{ config(severity='warn', fail_calc='count(*) * 2') }} select * from {{ source('raw', 'Raw') }} where \"Id\" is null"));

        var result = await warehouse.BuildAsync(project, Plain);

        Assert.True(result.Success, string.Join('\n', result.Failures.Select(node => node.Message)));
        Assert.Equal(
            "no_null Warn 2, not_null_orders_v1_id Pass 0, not_null_orders_v2_id Warn 1, source_not_null_raw_Raw__Id_ Pass 0",
            string.Join(", ", result.Nodes.Where(node => node.ResourceType == "test").OrderBy(node => node.Name, StringComparer.Ordinal)
                .Select(node => $"{node.Name} {node.Status} {node.Failures}")));
    }

    private static TestProject Orders(string test) => TestProject.Of(
        ("models/orders.sql", "select * from (values (1), (1), (1), (2)) as v (id)"),
        ("models/schema.yml", "models: [{name: orders, columns: [{name: id, data_tests: [{" + test + "}]}]}]"));
}
