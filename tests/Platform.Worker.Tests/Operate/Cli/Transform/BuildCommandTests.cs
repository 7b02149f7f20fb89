using System.Text.Json;
using Platform.Testing;

namespace Platform.Worker.Tests.Operate.Cli.Transform;

public sealed class BuildCommandTests(EmbeddedServers servers)
{
    private static readonly (string, string)[] Shop =
    [
        ("seeds/raw_orders.csv", "id,amount\n1,10\n2,20\n"),
        ("models/orders.sql", "{{ config(materialized='table') }} select id, amount from {{ ref('raw_orders') }}"),
        ("models/big_orders.sql", "select * from {{ ref('orders') }} where amount > 15"),
        ("models/schema.yml", "models:\n  - name: orders\n    columns:\n      - name: id\n        data_tests: [unique, not_null]\n"),
    ];

    [Fact]
    public async Task Build_Project_PrintsDbtsLinesAndWritesArtifacts()
    {
        await using var cli = await TransformCli.CreateAsync(servers, Shop);

        var result = await cli.RunAsync("build");

        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Contains("Found 2 models, 1 seed, 2 data tests", result.Output, StringComparison.Ordinal);
        Assert.Contains("Concurrency: 2 threads (target='dev')", result.Output, StringComparison.Ordinal);
        Assert.Matches(@"1 of 5 START seed file dev\.raw_orders \.+ \[RUN\]\n", result.Output);
        Assert.Matches(@"OK created sql table model dev\.orders \.+ \[SELECT 2 in \d+\.\d\ds\]\n", result.Output);
        Assert.Matches(@"PASS unique_orders_id \.+ \[PASS in \d+\.\d\ds\]\n", result.Output);
        Assert.Contains("Finished running 1 seed, 1 table model, 2 data tests, 1 view model in 0 hours 0 minutes and", result.Output, StringComparison.Ordinal);
        Assert.EndsWith("Completed successfully\n\nDone. PASS=5 WARN=0 ERROR=0 SKIP=0 NO-OP=0 TOTAL=5\n", result.Output, StringComparison.Ordinal);
        Assert.Equal(1, await cli.ScalarAsync<long>("select count(*) from dev.big_orders"));
        Assert.Equal(5, JsonDocument.Parse(cli.Artifact("run_results.json")).RootElement.GetProperty("results").GetArrayLength());
        Assert.Contains("select id, amount from", cli.Artifact("compiled/shop/models/orders.sql"), StringComparison.Ordinal);
        Assert.Contains("model.shop.orders", cli.Artifact("manifest.json"), StringComparison.Ordinal);
        Assert.Contains("OK created sql table model dev.orders", File.ReadAllText(Path.Combine(cli.Project.Directory, "logs", "dbt.log")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ModelFails_SkipsWhatReadsItAndExitsWith1()
    {
        await using var cli = await TransformCli.CreateAsync(servers, Shop);
        cli.Project.Write("models/orders.sql", "select id,\n  amuont\nfrom {{ ref('raw_orders') }}");
        await cli.RunAsync("seed");

        var result = await cli.RunAsync("run");

        Assert.Equal(1, result.Code);
        Assert.Matches(@"1 of 2 ERROR creating sql view model dev\.orders \.+ \[ERROR in", result.Output);
        Assert.Matches(@"2 of 2 SKIP relation dev\.big_orders \.+ \[SKIP\]", result.Output);
        Assert.Contains("Completed with 1 error, 0 partial successes, and 0 warnings:", result.Output, StringComparison.Ordinal);
        Assert.Contains("Failure in model orders (models/orders.sql)", result.Output, StringComparison.Ordinal);
        Assert.Contains("models/orders.sql:2", result.Output, StringComparison.Ordinal);
        Assert.Contains("^", result.Output, StringComparison.Ordinal);
        Assert.Contains("compiled code at target/compiled/shop/models/orders.sql", result.Output, StringComparison.Ordinal);
        Assert.EndsWith("Done. PASS=0 WARN=0 ERROR=1 SKIP=1 NO-OP=0 TOTAL=2\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Test_RowsFail_ExitsWith1()
    {
        await using var cli = await TransformCli.CreateAsync(servers, Shop);
        cli.Project.Write("seeds/raw_orders.csv", "id,amount\n1,10\n1,20\n");
        Assert.Equal(0, (await cli.RunAsync("seed")).Code);
        Assert.Equal(0, (await cli.RunAsync("run")).Code);

        var result = await cli.RunAsync("test");

        Assert.Equal(1, result.Code);
        Assert.Matches(@"FAIL 1 unique_orders_id \.+ \[FAIL 1 in", result.Output);
        Assert.Contains("Failure in test unique_orders_id (models/schema.yml)", result.Output, StringComparison.Ordinal);
        Assert.EndsWith("Done. PASS=1 WARN=0 ERROR=1 SKIP=0 NO-OP=0 TOTAL=2\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Seed_Show_PrintsRows()
    {
        await using var cli = await TransformCli.CreateAsync(servers, Shop);

        var result = await cli.RunAsync("seed", "--show");

        Assert.Equal(0, result.Code);
        Assert.Contains("Random sample of table: dev.raw_orders\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("| id | amount |\n| -- | ------ |\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("|  2 |     20 |\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SelectsNothing_WarnsAndSucceeds()
    {
        await using var cli = await TransformCli.CreateAsync(servers, Shop);

        var result = await cli.RunAsync("snapshot");

        Assert.Equal(0, result.Code);
        Assert.Contains("Nothing to do.", result.Output, StringComparison.Ordinal);
        Assert.Equal(2, (await cli.RunAsync("snapshot", "--warn-error")).Code);
        Assert.Equal(0, (await cli.RunAsync("snapshot", "--warn-error-options", "{error: all, warn: [NothingToDo]}")).Code);
        Assert.DoesNotContain("Nothing to do", (await cli.RunAsync("snapshot", "--warn-error-options", "{silence: [NothingToDo]}")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_JsonLog_IsOneEventPerLineUnderDbtsNames()
    {
        await using var cli = await TransformCli.CreateAsync(servers, Shop);
        await cli.RunAsync("seed");

        var result = await cli.RunAsync("run", "--log-format", "json");

        var events = result.RawOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        string[] names = [.. events.Select(entry => entry.GetProperty("info").GetProperty("name").GetString()!)];
        Assert.Equal(0, result.Code);
        Assert.Equal("MainReportVersion", names[0]);
        Assert.All(["FoundStats", "ConcurrencyLine", "LogStartLine", "LogModelResult", "FinishedRunningStats", "EndOfRunSummary", "StatsLine"], name => Assert.Contains(name, names));
        var ended = events[Array.IndexOf(names, "LogModelResult")];
        Assert.Equal("model.shop.orders", ended.GetProperty("data").GetProperty("node_info").GetProperty("unique_id").GetString());
        Assert.Equal("success", ended.GetProperty("data").GetProperty("node_info").GetProperty("node_status").GetString());
        Assert.Equal("info", ended.GetProperty("info").GetProperty("level").GetString());
        Assert.Single(events.Select(entry => entry.GetProperty("info").GetProperty("invocation_id").GetString()).Distinct());
    }

    [Fact]
    public async Task Flags_OfTheProject_AreDefaults()
    {
        await using var cli = await TransformCli.CreateAsync(
            servers,
            ("dbt_project.yml", "name: shop\nprofile: shop\ntarget-path: out\nflags:\n  write_json: false\n  printer_width: 40\n"),
            ("models/one.sql", "select 1 as x"));

        var result = await cli.RunAsync("run");

        Assert.Contains("1 of 1 START sql view model dev.one .... [RUN]", result.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(cli.Project.Directory, "out", "run_results.json")));
        await cli.RunAsync("run", "--write-json");
        Assert.True(File.Exists(Path.Combine(cli.Project.Directory, "out", "run_results.json")));
    }

    [Theory]
    [InlineData("--event-time-start 2026-01-01", "`--event-time-end` was not")]
    [InlineData("--event-time-start 2026-01-02 --event-time-end 2026-01-01", "must be less than")]
    [InlineData("--event-time-start yesterday --event-time-end 2026-01-01", "does not match the formats")]
    [InlineData("--vars 1", "must be a YAML dictionary")]
    [InlineData("--target nowhere", " - dev")]
    [InlineData("--profile nobody", "Could not find profile named 'nobody'")]
    [InlineData("--log-format xml", "xml")]
    public async Task Run_UsedWrongly_ExitsWith2AndSaysHow(string arguments, string says)
    {
        await using var cli = await TransformCli.CreateAsync(servers, ("models/one.sql", "select 1 as x"));

        var result = await cli.RunAsync(["run", .. arguments.Split(' ')]);

        Assert.Equal(2, result.Code);
        Assert.Contains(says, result.Output + result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_FlagsThatMeanNothingHere_AreAccepted()
    {
        await using var cli = await TransformCli.CreateAsync(servers, ("models/one.sql", "select 1 as x"));

        var result = await cli.RunAsync(
            "--no-send-anonymous-usage-stats", "--no-partial-parse", "--single-threaded", "run", "--no-version-check", "--static-parser", "--cache-selected-only");

        Assert.Equal(0, result.Code);
    }

    [Fact]
    public async Task Run_Quiet_PrintsOnlyErrorsAndWhatMacrosPrint()
    {
        await using var cli = await TransformCli.CreateAsync(
            servers, ("models/loud.sql", "{% if execute %}{% do print('printed') %}{% do log('logged', info=true) %}{% endif %} select 1 as x"));

        var quiet = await cli.RunAsync("run", "--quiet");
        var loud = await cli.RunAsync("run");
        var silent = await cli.RunAsync("run", "--quiet", "--no-print");

        Assert.Equal((0, "printed\n"), (quiet.Code, quiet.RawOutput));
        Assert.Contains("\nlogged\n", loud.Output, StringComparison.Ordinal);
        Assert.Equal((0, ""), (silent.Code, silent.RawOutput));
    }
}
