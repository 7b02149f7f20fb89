using System.Text.Json;
using Npgsql;
using Platform.Testing;
using Platform.Worker.Tests.Transform;

namespace Platform.Worker.Tests.Operate.Cli.Transform;

/// <summary>Plain builds that are killed, that meet each other, or that lose the server: the warehouse is consistent, and the next build works.</summary>
public sealed class InterruptedCommandTests(EmbeddedServers servers)
{
    private const string Leftovers = "select coalesce(string_agg(relname, ','), '') from pg_class where relpersistence <> 't' and relname ~ 'dbt_(tmp|backup)'";

    private static readonly (string, string)[] Shop =
    [
        ("seeds/raw.csv", "id,amount\n1,10\n2,20\n"),
        ("macros/wait.sql", "{% macro wait() %}{% if var('wait', 0) %}, pg_sleep({{ var('wait') }}){% endif %}{% endmacro %}"),
        ("models/a_table.sql", "{{ config(materialized='table', indexes=[{'columns': ['id']}]) }} select r.* from {{ ref('raw') }} r{{ wait() }}"),
        ("models/a_view.sql", "select * from {{ ref('a_table') }}"),
        ("models/merged.sql", "{{ config(materialized='incremental', unique_key='id', incremental_strategy='delete+insert') }} select r.* from {{ ref('raw') }} r{{ wait() }}"),
        ("models/after.sql", "{{ config(materialized='table') }} select * from {{ ref('merged') }}"),
        ("snapshots/history.sql", "{% snapshot history %}{{ config(strategy='check', check_cols='all', unique_key='id') }} select r.* from {{ ref('raw') }} r{{ wait() }}{% endsnapshot %}"),
    ];

    [Theory]
    [InlineData("a_table")]
    [InlineData("merged")]
    [InlineData("history")]
    public async Task Killed_TheWarehouseIsAsBefore_AndTheNextBuildWorks(string node)
    {
        await using var cli = await TransformCli.CreateAsync(servers, Shop);
        Assert.Equal(0, (await cli.RunAsync("build")).Code);
        cli.Project.Write("seeds/raw.csv", "id,amount\n1,11\n2,20\n3,30\n");
        Assert.Equal(0, (await cli.RunAsync("seed")).Code);
        await using var killed = WorkerProcess.Start(
            ["transform", "run", "--select", node, "--vars", "{wait: 300}", "--project-dir", cli.Project.Directory, "--profiles-dir", cli.Project.Directory],
            new Dictionary<string, string>());
        if (node == "history")
        {
            await killed.KillAsync();
            await using var snapshot = WorkerProcess.Start(
                ["transform", "snapshot", "--vars", "{wait: 300}", "--project-dir", cli.Project.Directory, "--profiles-dir", cli.Project.Directory],
                new Dictionary<string, string>());
            await SleepsAsync(cli, snapshot);
            await snapshot.KillAsync();
        }
        else
        {
            await SleepsAsync(cli, killed);
            await killed.KillAsync();
        }

        Assert.Equal((30, 30, 2), (await cli.ScalarAsync<long>("select sum(amount) from dev.a_view"), await cli.ScalarAsync<long>("select sum(amount) from dev.merged"), await cli.ScalarAsync<long>("select count(*) from dev.history")));
        Assert.Equal("", await cli.ScalarAsync<string>(Leftovers));

        // The server ends the statement of a client that is gone within its client_connection_check_interval; nothing waits 300 seconds.
        var next = await cli.RunAsync("build");

        Assert.True(next.Code == 0, next.Output);
        Assert.Equal((61, 61, 4), (await cli.ScalarAsync<long>("select sum(amount) from dev.a_view"), await cli.ScalarAsync<long>("select sum(amount) from dev.after"), await cli.ScalarAsync<long>("select count(*) from dev.history")));
        Assert.Equal("", await cli.ScalarAsync<string>(Leftovers));
    }

    [Fact]
    public async Task LeftoversOfAnotherTool_DoNotStopABuild()
    {
        await using var cli = await TransformCli.CreateAsync(servers, Shop);
        Assert.Equal(0, (await cli.RunAsync("build")).Code);
        await ExecuteAsync(
            cli.Database.DataSource,
            """
            create table dev.a_table__dbt_tmp (x int); create view dev.a_table__dbt_backup as select 1 as x;
            create view dev.a_view__dbt_tmp as select 1 as x; create table dev.a_view__dbt_backup (x int);
            create materialized view dev.after__dbt_tmp as select 1 as x; create materialized view dev.after__dbt_backup as select 1 as x;
            create table dev.merged__dbt_tmp (x int); create table dev.merged__dbt_backup (x int)
            """);

        var next = await cli.RunAsync("build", "--full-refresh");

        Assert.True(next.Code == 0, next.Output);
        Assert.Equal("", await cli.ScalarAsync<string>(Leftovers));
    }

    /// <summary>What is written in place waits for the other build; what is swapped (tables, views) can meet another's swap and fail, as with dbt.</summary>
    [Fact]
    public async Task TwoBuildsAtOnce_OfWhatIsWrittenInPlace_BothSucceed_AndNoRowGoesInTwice()
    {
        await using var cli = await TransformCli.CreateAsync(servers, Shop);
        Assert.Equal(0, (await cli.RunAsync("build")).Code);

        for (var round = 0; round < 3; round++)
        {
            cli.Project.Write("seeds/raw.csv", $"id,amount\n1,{round}\n2,20\n");
            Assert.Equal(0, (await cli.RunAsync("seed")).Code);
            var both = await Task.WhenAll(Build("target_one"), Build("target_two"));

            Assert.All(both, result => Assert.True(result.Code == 0, result.Output));
            Assert.Equal("", await cli.ScalarAsync<string>(Leftovers));
            Assert.Equal(
                (20 + round, 2, 3 + round),
                (await cli.ScalarAsync<long>("select sum(amount) from dev.merged"), await cli.ScalarAsync<long>("select count(*) from dev.merged"), await cli.ScalarAsync<long>("select count(*) from dev.history")));
        }

        Task<CliResult> Build(string target) =>
            Task.Run(() => cli.RunAsync("build", "--select", "merged", "history", "--vars", "{wait: 0.2}", "--target-path", target));
    }

    [Fact]
    public async Task TwoBuildsAtOnce_OfAProjectThatIsNew_LeaveAWarehouseThatTheNextBuildCanUse()
    {
        await using var cli = await TransformCli.CreateAsync(servers, Shop);

        var both = await Task.WhenAll(
            Task.Run(() => cli.RunAsync("build", "--target-path", "target_one")), Task.Run(() => cli.RunAsync("build", "--target-path", "target_two")));
        var next = await cli.RunAsync("build");

        // As with dbt, what both make for the first time at the same moment fails in one of them: a result, not a crash.
        Assert.All(both, result => Assert.InRange(result.Code, 0, 1));
        Assert.True(next.Code == 0, next.Output);
        Assert.Equal("", await cli.ScalarAsync<string>(Leftovers));
        Assert.Equal((30, 30, 2), (await cli.ScalarAsync<long>("select sum(amount) from dev.a_view"), await cli.ScalarAsync<long>("select sum(amount) from dev.after"), await cli.ScalarAsync<long>("select count(*) from dev.history")));
    }

    [Fact]
    public async Task ServerStops_ResultsAreWritten_AndRetryGoesOn()
    {
        await using var server = await servers.StartPostgresAsync(TestContext.Current.CancellationToken);
        await using var dataSource = NpgsqlDataSource.Create(server.ConnectionString);
        using var project = TestProject.Of(
            [
                .. Shop,
                ("dbt_project.yml", "name: shop\nversion: '1.0'\nprofile: shop\n"),
                ("profiles.yml", TransformCli.Profile("shop", "dev", server.ConnectionString)),
            ]);
        await using var build = WorkerProcess.Start(
            ["transform", "build", "--threads", "1", "--exclude", "history", "--vars", "{wait: 300}", "--project-dir", project.Directory, "--profiles-dir", project.Directory],
            new Dictionary<string, string>());
        await SleepsAsync(dataSource, build);

        await server.StopAsync();

        Assert.Equal(1, await build.WaitAsync(TestContext.Current.CancellationToken));
        Assert.Contains("ERROR=1 SKIP=3", build.Output, StringComparison.Ordinal);
        Assert.Contains("Database Error in model a_table (models/a_table.sql)", build.Output, StringComparison.Ordinal);
        Assert.Contains("use 'retry'", build.Output, StringComparison.Ordinal);
        Assert.Equal("a_table error, a_view skipped, after skipped, merged skipped, raw success", Results(project));

        var unreachable = await WorkerProcess.RunAsync(
            ["transform", "retry", "--project-dir", project.Directory, "--profiles-dir", project.Directory], new Dictionary<string, string>(), TestContext.Current.CancellationToken);

        Assert.NotEqual(0, unreachable.ExitCode);
        Assert.Equal("a_table error, a_view skipped, after skipped, merged skipped, raw success", Results(project));

        await server.StartAsync(TestContext.Current.CancellationToken);
        var retried = await WorkerProcess.RunAsync(
            ["transform", "retry", "--vars", "{wait: 0}", "--project-dir", project.Directory, "--profiles-dir", project.Directory],
            new Dictionary<string, string>(),
            TestContext.Current.CancellationToken);

        Assert.True(retried.ExitCode == 0, retried.Output);
        Assert.Contains("PASS=4 WARN=0 ERROR=0 SKIP=0", retried.Output, StringComparison.Ordinal);
        Assert.Equal("a_table success, a_view success, after success, merged success", Results(project));
    }

    private static Task SleepsAsync(TransformCli cli, WorkerProcess process) => SleepsAsync(cli.Database.DataSource, process);

    /// <summary>Waits until the process is in the middle of a statement.</summary>
    private static async Task SleepsAsync(NpgsqlDataSource dataSource, WorkerProcess process)
    {
        await using var command = dataSource.CreateCommand(
            "select exists (select from pg_stat_activity where datname = current_database() and query like '%pg_sleep(300)%' and state = 'active' and pid <> pg_backend_pid())");
        while (!(bool)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!)
        {
            Assert.False(process.HasExited, process.Output + process.Error);
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private static async Task ExecuteAsync(NpgsqlDataSource dataSource, string sql)
    {
        await using var command = dataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private static string Results(TestProject project)
    {
        using var results = JsonDocument.Parse(File.ReadAllText(Path.Combine(project.Directory, "target", "run_results.json")));
        return string.Join(", ", results.RootElement.GetProperty("results").EnumerateArray()
            .Select(result => $"{result.GetProperty("unique_id").GetString()!.Split('.')[2]} {result.GetProperty("status").GetString()}").Order(StringComparer.Ordinal));
    }
}
