using Npgsql;
using Platform.Testing;
using Platform.Worker.Contracts;
using Platform.Worker.Loading;
using Platform.Worker.Loading.Quality;
using Platform.Worker.Tests.Loading.Quarantine;

namespace Platform.Worker.Tests.Loading.Quality;

public sealed class QualityChecksTests(EmbeddedServers servers)
{
    private static readonly string[] Rows =
    [
        "A1,Apple,10.00,EUR,1,2026-01-31,v1", "A2,Pear,20.00,USD,,2026-01-31,", "A3,Pear,30.00,EUR,2,2026-01-31,n/a", "A4,Plum,40.00,CHF,2,2026-01-31,",
    ];

    [Theory]
    [InlineData("metric: rowCount", "mustBe: 4", 4, "= 4", true)]
    [InlineData("metric: rowCount", "mustNotBe: 4", 4, "<> 4", false)]
    [InlineData("metric: rowCount", "mustBeGreaterThan: 4", 4, "> 4", false)]
    [InlineData("metric: rowCount", "mustBeGreaterOrEqualTo: 4", 4, ">= 4", true)]
    [InlineData("metric: rowCount", "mustBeLessThan: 4", 4, "< 4", false)]
    [InlineData("metric: rowCount", "mustBeLessOrEqualTo: 4", 4, "<= 4", true)]
    [InlineData("metric: rowCount", "mustBeBetween: [1, 4]", 4, "1 to 4", true)]
    [InlineData("metric: rowCount", "mustNotBeBetween: [4, 9]", 4, "outside 4 to 9", false)]
    [InlineData("metric: duplicateValues, arguments: {properties: [name]}", "mustBeLessOrEqualTo: 0.5", 1, "<= 0.5", false)]
    [InlineData("metric: duplicateValues, arguments: {properties: [name, currency]}", "mustBeLessOrEqualTo: 0.5", 0, "<= 0.5", true)]
    [InlineData("metric: duplicateValues, arguments: {properties: [name]}, unit: percent", "mustBeLessThan: 25", 25, "< 25 %", false)]
    [InlineData("type: sql, query: 'select sum(price) from ${table}'", "mustBe: 100", 100, "= 100", true)]
    [InlineData("type: sql, query: 'with t as (select * from ${object} where price > 15) select count(*) from t -- done'", "mustBe: 2", 3, "= 2", false)]
    public async Task Load_RuleOfTheDataset_MeasuresThePartitionsRows(string rule, string limit, int measured, string expected, bool passes)
    {
        await using var desk = await QuarantineDesk.OpenAsync(servers);
        // Rows of another date are none of its business.
        await desk.Shop.LandAsync(
            Shop.Date.AddDays(-1), (Shop.Items, Shop.Csv(QuarantineDesk.Header, "Z1,Apple,1.00,EUR,1,2026-01-30,")), (Shop.Reviews, Shop.Csv(Shop.ReviewsHeader)));
        await desk.Shop.Loader(desk.ContractFolder).LoadAsync(Shop.Domain, Shop.Date.AddDays(-1), TestContext.Current.CancellationToken);
        desk.ChangeContract("items", "schema:\n  - name: items\n", $"schema:\n  - name: items\n    quality:\n      - {{name: the rule, {rule}, {limit}}}\n");

        await LoadAsync(desk, measured, expected, passes);
    }

    [Theory]
    [InlineData("quantity", "metric: nullValues", "mustBeLessThan: 1", 1, "< 1", false)]
    [InlineData("quantity", "metric: nullValues, unit: percent", "mustBeLessOrEqualTo: 25", 25, "<= 25 %", true)]
    [InlineData("voucher", "metric: missingValues, arguments: {missingValues: [n/a, '']}", "mustBeLessThan: 3", 3, "< 3", false)]
    [InlineData("currency", "metric: invalidValues, arguments: {validValues: [EUR, USD]}", "mustBeLessThan: 1", 1, "< 1", false)]
    [InlineData("name", "metric: invalidValues, arguments: {pattern: 'P[a-z]+'}", "mustBeLessThan: 2", 1, "< 2", true)]
    [InlineData("name", "metric: duplicateValues", "mustBeLessOrEqualTo: 2", 1, "<= 2", true)]
    [InlineData("price", "type: sql, query: 'select max(${column}) - min(${property}) from ${table}'", "mustBe: 31", 30, "= 31", false)]
    public async Task Load_RuleOfAColumn_MeasuresIt(string column, string rule, string limit, int measured, string expected, bool passes)
    {
        await using var desk = await QuarantineDesk.OpenAsync(servers);
        desk.ChangeContract("items", $"      - name: {column}\n", $"      - name: {column}\n        quality:\n          - {{name: the rule, {rule}, {limit}}}\n");

        await LoadAsync(desk, measured, expected, passes);
    }

    [Fact]
    public async Task Load_BrokenWarning_IsRecordedAndLoads()
    {
        await using var desk = await QuarantineDesk.OpenAsync(servers);
        desk.ChangeContract("items", "schema:\n  - name: items\n", "schema:\n  - name: items\n    quality:\n      - {metric: rowCount, mustBe: 5, severity: warning}\n");
        await desk.LandAsync(Rows);

        var load = await desk.LoadAsync();

        var check = Assert.Single(load.Datasets[0].Checks);
        Assert.False(check.Passed);
        Assert.False(check.FailsLoad);
        Assert.Equal(["4|False"], await desk.Shop.QueryAsync("select measured, passed from meta.check_result"));
    }

    [Fact]
    public async Task Load_QueryThatFails_FailsAsConfigurationAndChangesNothing()
    {
        await using var desk = await QuarantineDesk.OpenAsync(servers);
        await desk.LandAndLoadAsync(Rows[..2]);
        var facts = await desk.Shop.FactsAsync();
        desk.ChangeContract(
            "items", "schema:\n  - name: items\n",
            "schema:\n  - name: items\n    quality:\n      - {name: odd, type: sql, query: 'select 1 / (count(*) - count(*)) from ${table}', mustBe: 1}\n");
        await desk.LandAsync(Rows);

        var error = await Assert.ThrowsAsync<ConfigurationFaultException>(() => desk.LoadAsync());

        Assert.Equal(
            $"{desk.ContractFolder}/items.odcs.yaml:20: quality rule 'odd' of shop.items cannot be measured: division by zero. Nothing was loaded; correct the rule.",
            error.Message);
        Assert.Equal(facts, await desk.Shop.FactsAsync());
    }

    // The contract's reader refuses most of these already.
    [Theory]
    [InlineData("delete from ${table} returning 1", "syntax error")]
    [InlineData("with d as (delete from shop.items returning 1) select count(*) from d", "must be at the top level")]
    [InlineData("select 1); delete from shop.items; select (1", "multiple commands")]
    [InlineData("select 1); commit; select (1", "multiple commands")]
    [InlineData("select wipe()", "read-only transaction")]
    [InlineData("select length(set_config('transaction_read_only', 'off', false)) + wipe()", "read-write mode")]
    [InlineData("select count(*) from nowhere", "\"nowhere\" does not exist")]
    [InlineData("select price from ${table}", "more than one row")]
    [InlineData("select name from ${table} limit 1", "invalid input syntax for type numeric")]
    [InlineData("select sum(price) from ${table} where false", "null; a number is expected")]
    [InlineData("select 'NaN'::numeric", "is none (NaN")]
    [InlineData("select 1 from pg_sleep(60)", "takes longer than 0.2 s")]
    public async Task Measure_QueryThatIsNone_IsRefusedAndLeavesTheTransactionAsItWas(string query, string reason)
    {
        await using var desk = await QuarantineDesk.OpenAsync(servers);
        await desk.LandAndLoadAsync(Rows);
        await desk.Shop.ExecuteAsync("create function wipe() returns int language sql as $$ delete from shop.items; select 1 $$");
        await using var connection = await desk.Shop.Database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        var rule = new QualityRule { Name = "odd", Metric = QualityMetric.Sql, Query = query, Comparison = QualityComparison.Equal, Limit = 1 };
        var checks = new QualityChecks(
            connection, desk.Contracts.Find(Shop.Domain, Shop.Items)! with { Quality = [rule] }, Shop.Date, "shop.items", TimeSpan.FromMilliseconds(200));

        var error = await Assert.ThrowsAsync<ConfigurationFaultException>(() => checks.MeasureAsync(TestContext.Current.CancellationToken));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        await using var command = new NpgsqlCommand(
            "with gone as (delete from shop.items returning 1) select count(*) || ' ' || current_setting('statement_timeout') from gone", connection);
        Assert.Equal("4 0", await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Replay_RowsThatBreakARule_ChangeNothing()
    {
        await using var desk = await QuarantineDesk.OpenAsync(servers);
        desk.ChangeContract("items", "schema:\n  - name: items\n", "schema:\n  - name: items\n    quality:\n      - {metric: rowCount, mustBeLessThan: 5}\n");
        await desk.LandAndLoadAsync([.. Rows, "A5,Fig,x,EUR,1,2026-01-31,"]);
        await desk.FixAsync("items", 6, ("price", "1.00"));

        var result = await desk.ReplayAsync();

        Assert.Contains("measured 5; expected < 5", Assert.Single(result.Refused), StringComparison.Ordinal);
        Assert.Equal(["items|5|4|1|0|0", "reviews|0|0|0|0|0"], await desk.CountsAsync());
    }

    private static async Task LoadAsync(QuarantineDesk desk, int measured, string expected, bool passes)
    {
        await desk.LandAsync(Rows);
        if (passes)
        {
            await desk.LoadAsync();
        }
        else
        {
            var error = await Assert.ThrowsAsync<PartitionFaultException>(() => desk.LoadAsync());
            Assert.Contains($"rule 'the rule' ({desk.ContractFolder}/items.odcs.yaml:", error.Message, StringComparison.Ordinal);
            Assert.Contains($"measured {measured}", error.Message, StringComparison.Ordinal);
            Assert.Contains($"; expected {expected}. Nothing was changed.", error.Message, StringComparison.Ordinal);
            Assert.Empty(await desk.Shop.QueryAsync("select * from shop.items where _partition = '2026-01-31'"));
        }

        Assert.Equal(
            [$"the rule|{measured}|{expected}|{passes}|{!passes}"],
            await desk.Shop.QueryAsync(
                "select name, measured::int, expected, passed, l.refusal is not null from meta.check_result join meta.partition_load l using (load_id)"));
    }
}
