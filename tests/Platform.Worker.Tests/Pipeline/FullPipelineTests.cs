using System.Security.Cryptography;
using Platform.Testing;
using Platform.Worker.Pipeline;
using Platform.Worker.Pipeline.Schedule;
using Platform.Worker.Tests.Operate;

namespace Platform.Worker.Tests.Pipeline;

/// <summary>The real executable, servers and stages: whatever happens on the way, the content is that of an undisturbed run.</summary>
public sealed class FullPipelineTests(EmbeddedServers servers)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_DatesInEitherOrderAndAgain_ContentIsIdentical()
    {
        await using var forward = await TestSystem.CreateAsync(servers);
        await using var backward = await TestSystem.CreateAsync(servers);

        var output = await forward.RunAsync("run --date 2026-01-30");
        await forward.RunAsync("run --date 2026-01-31");
        await backward.RunAsync("run --date 2026-01-31");
        await backward.RunAsync("run --date 2026-01-30");
        await backward.RunAsync("run --date 2026-01-31");
        await backward.RunAsync("run --date 2026-01-30 --force");

        Assert.Contains("1 of 1 data dates succeeded.", output, StringComparison.Ordinal);
        var content = await forward.ContentAsync();
        Assert.Contains(content, relation => relation.Key.StartsWith("analytics.", StringComparison.Ordinal) && !relation.Value.StartsWith("0 rows", StringComparison.Ordinal));
        Assert.All(["sales.orders", "operations.shipments", "finance.journal_lines"], fact => Assert.Contains(fact, content.Keys));
        Assert.Equal(content, await backward.ContentAsync());
    }

    [Fact]
    public async Task Run_OneBuildAfterAnother_TestsWholeTablesOnlyWhenTheyAreDue()
    {
        await using var system = await TestSystem.CreateAsync(servers);
        var always = system.Settings();
        always["Pipeline__WholeTestInterval"] = "00:00:00";

        await system.RunAsync("run --date 2026-01-30");
        await system.RunAsync("run --date 2026-01-31");
        Assert.Equal(0, (await WorkerProcess.RunAsync(["run", "--date", "2026-01-31", "--force"], always, Token)).ExitCode);

        Assert.True(await system.HoldsAsync(
            "(select array_agg(coalesce((detail -> 'vars' -> 'test_whole_tables')::boolean, false) order by started_at) from meta.invocation) = '{true,false,true}'"));
        Assert.True(await system.HoldsAsync(
            "(select array_agg((detail -> 'tests_whole_tables')::boolean order by started_at) from meta.task_attempt where task = 'dbt_build') = '{true,false,true}'"));
    }

    [Fact]
    public async Task Kill_AtEachStage_TheNextStartCompletesWithTheSameContent()
    {
        await using var undisturbed = await TestSystem.CreateAsync(servers);
        await using var killed = await TestSystem.CreateAsync(servers);
        var newest = new DataDates(BusinessCalendar.EveryDay, TimeProvider.System).Newest;
        await undisturbed.RunAsync($"backfill --from {newest.AddDays(-2):O} --to {newest:O}");

        await KillAsync(killed, "exists (select from meta.pipeline_run where state = 'queued')");
        await KillAsync(killed, "exists (select from meta.task_run where task = 'generate_mock_data' and state = 'running')");
        await KillAsync(killed, "exists (select from meta.task_run where task = 'generate_mock_data' and state = 'success')");
        await KillAsync(killed, "exists (select from meta.task_run where task = 'etl_sales' and state in ('running', 'success'))");
        await KillAsync(killed, "exists (select from meta.task_run where task = 'etl_operations' and state in ('running', 'success'))");
        await KillAsync(killed, "(select count(*) from meta.task_run where task = 'etl_finance' and state = 'success') >= 2");
        await KillAsync(killed, "exists (select from meta.task_run where task = 'dbt_build' and state = 'running') and exists (select from meta.invocation)");
        await KillAsync(killed, "exists (select from pg_class where relnamespace = 'candidate'::regnamespace and relname = 'fct_order_lines')");
        await KillAsync(killed, "exists (select from meta.publication)");
        await using (var last = WorkerProcess.Start([], killed.Settings(catchUpDays: 3)))
        {
            await UntilAsync(last, killed, "(select count(*) from meta.pipeline_run where state = 'success') = 3");
        }

        Assert.Equal(await undisturbed.ContentAsync(), await killed.ContentAsync());
        Assert.True(await killed.HoldsAsync("not exists (select from meta.task_run where state <> 'success')"));
        Assert.True(await killed.HoldsAsync("exists (select from meta.task_attempt where state = 'failed' and error like '% stopped before the task ended')"));
        Assert.True(await killed.HoldsAsync("not exists (select from meta.task_attempt where state = 'running')"));
        Assert.True(await killed.HoldsAsync("not exists (select from pg_locks where locktype = 'advisory' and objsubid = 2 and mode = 'ExclusiveLock')"));
    }

    [Fact]
    public async Task Backfill_Interrupted_CancelsWhatIsLeftAndExitsWith130()
    {
        await using var system = await TestSystem.CreateAsync(servers);
        await using var worker = WorkerProcess.Start(["backfill", "--from", "2026-01-01", "--to", "2026-01-31"], system.Settings());
        await UntilAsync(worker, system, "exists (select from meta.task_run where task = 'generate_mock_data' and state = 'success')");

        await worker.InterruptAsync();

        Assert.Equal(130, await worker.WaitAsync(Token));
        Assert.True(await system.HoldsAsync("(select count(*) from meta.pipeline_run where state = 'cancelled') = 31"));
        Assert.True(await system.HoldsAsync("not exists (select from meta.task_run where state in ('pending', 'running'))"));
        Assert.True(await system.HoldsAsync("not exists (select from meta.task_attempt where state = 'running')"));
    }

    [Fact]
    public async Task Backfill_TwoWorkersAtOnce_DoEveryDateOnceBetweenThem()
    {
        await using var alone = await TestSystem.CreateAsync(servers);
        await using var shared = await TestSystem.CreateAsync(servers);
        const string Backfill = "backfill --from 2026-01-28 --to 2026-01-31";
        var settings = shared.Settings();
        settings["Pipeline__BatchDays"] = "2";

        await alone.RunAsync(Backfill);
        var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => WorkerProcess.RunAsync(Backfill.Split(' '), settings, Token)));

        Assert.All(both, worker => Assert.Equal((0, ""), (worker.ExitCode, worker.Error)));
        Assert.Equal(await alone.ContentAsync(), await shared.ContentAsync());
        Assert.True(await shared.HoldsAsync("not exists (select from meta.partition_load where not current)"));
    }

    [Fact]
    public async Task Run_PartitionHasNotLanded_ExitsWith4WaitsAndLeavesTheOthersAlone()
    {
        await using var system = await TestSystem.CreateAsync(servers);
        await system.RunAsync("run --date 2026-01-30");
        var before = await system.ContentAsync();
        var settings = system.Settings();
        settings["Generator__Enabled"] = "false";

        var (code, output, error) = await WorkerProcess.RunAsync(["run", "--date", "2026-01-31"], settings, Token);
        var (_, status, _) = await WorkerProcess.RunAsync(["status", "--limit", "1"], settings, Token);

        Assert.Equal(4, code);
        Assert.Contains("0 of 1 data dates succeeded.", output, StringComparison.Ordinal);
        Assert.Contains("2026-01-31 waiting: etl_sales: sales/20260131 has not landed: nothing is there", error, StringComparison.Ordinal);
        Assert.Contains("--wait", error, StringComparison.Ordinal);
        Assert.StartsWith(
            "2026-01-31 waiting manual generate_mock_data=skipped etl_sales=waiting etl_operations=pending etl_finance=pending dbt_build=pending",
            status, StringComparison.Ordinal);
        Assert.Equal(before, await system.ContentAsync());
    }

    [Fact]
    public async Task Backfill_OneDomainOfADateLandsLate_TheOtherDatesAreBuiltAndAWorkerGoesOnWhenItHasLanded()
    {
        await using var whole = await TestSystem.CreateAsync(servers);
        await using var late = await TestSystem.CreateAsync(servers);
        await whole.RunAsync("backfill --from 2026-01-28 --to 2026-01-30");
        await late.RunAsync("generate --from 2026-01-28 --to 2026-01-30");
        var manifest = late.Landing.GetBlobClient("finance/20260129/_manifest.json");
        var content = (await manifest.DownloadContentAsync(Token)).Value.Content;
        await manifest.DeleteAsync(cancellationToken: Token);
        var settings = late.Settings();
        settings["Generator__Domains__0"] = "sales";
        settings["Pipeline__ArrivalInterval"] = "00:00:01";

        var (code, output, error) = await WorkerProcess.RunAsync(["backfill", "--from", "2026-01-28", "--to", "2026-01-30"], settings, Token);

        Assert.Equal(4, code);
        Assert.Contains("2 of 3 data dates succeeded.", output, StringComparison.Ordinal);
        Assert.StartsWith("2026-01-29 waiting: etl_finance: finance/20260129 is being landed: ", error, StringComparison.Ordinal);
        Assert.True(await late.HoldsAsync("not exists (select from sales.orders where _partition = '2026-01-29')"));
        await using (var worker = WorkerProcess.Start([], settings))
        {
            await UntilAsync(worker, late, "exists (select from meta.incident where kind = 'late_partition' and data_date = '2026-01-29' and resolved_at is null)");
            await manifest.UploadAsync(content, Token);
            await UntilAsync(worker, late, "(select count(*) from meta.pipeline_run where state = 'success') = 3");
            await UntilAsync(worker, late, "not exists (select from meta.incident where kind = 'late_partition' and resolved_at is null)");
        }

        Assert.Equal(await whole.ContentAsync(), await late.ContentAsync());
    }

    [Fact]
    public async Task Worker_PartitionIsLandedAgain_RunsItsDateAgainAndNothingElse()
    {
        await using var system = await TestSystem.CreateAsync(servers);
        var newest = new DataDates(BusinessCalendar.EveryDay, TimeProvider.System).Newest;
        await system.RunAsync($"backfill --from {newest.AddDays(-1):O} --to {newest:O}");
        await CorrectAsync(system, $"operations/{newest:yyyyMMdd}", "support_tickets.csv");
        var settings = system.Settings();
        settings["Generator__Enabled"] = "false";
        settings["Pipeline__CorrectionInterval"] = "00:00:01";

        await using var worker = WorkerProcess.Start([], settings);
        await UntilAsync(worker, system, $"exists (select from meta.pipeline_run where data_date = '{newest:O}' and trigger = 'correction' and state = 'success')");

        Assert.True(await system.HoldsAsync($"not exists (select from meta.pipeline_run where data_date < '{newest:O}' and trigger = 'correction')"));
        Assert.True(await system.HoldsAsync("(select array_agg(distinct domain) from meta.partition_load where not current) = '{operations}'"));
        Assert.True(await system.HoldsAsync("not exists (select from meta.stale_date)"));
    }

    [Fact]
    public async Task Run_AfterAQuarantinedRowWasCorrectedAndReplayed_BuildsItsDateAgain()
    {
        await using var whole = await TestSystem.CreateAsync(servers);
        await using var repaired = await TestSystem.CreateAsync(servers);
        await whole.RunAsync("run --date 2026-01-30");
        await whole.RunAsync("run --date 2026-01-31");

        await repaired.RunAsync("run --date 2026-01-30");
        var ticket = "";
        await LandAgainAsync(repaired, "operations/20260130", "support_tickets.csv", content =>
        {
            var start = content.AsSpan()[..^1].LastIndexOf((byte)'\n') + 1;
            ticket = System.Text.Encoding.UTF8.GetString(content.AsSpan()[start..]).Split(',')[0];
            content[start] = (byte)'X';
        });
        var settings = repaired.Settings();
        settings["Generator__Enabled"] = "false";
        Assert.Equal(0, (await WorkerProcess.RunAsync(["run", "--date", "2026-01-30"], settings, Token)).ExitCode);
        Assert.NotEqual((await whole.ContentAsync())["analytics.fct_tickets"], (await repaired.ContentAsync())["analytics.fct_tickets"]);
        await using var find = repaired.Warehouse.CreateCommand("select quarantine_id::text from meta.quarantine where state = 'open'");
        var id = (string)(await find.ExecuteScalarAsync(Token))!;
        foreach (var words in (string[][])[["fix", id, "--set", $"ticket_id={ticket}", "--why", "as sent first"], ["replay", id, "--why", "corrected"]])
        {
            var (code, _, error) = await WorkerProcess.RunAsync(["quarantine", .. words], settings, Token);
            Assert.Equal((0, ""), (code, error));
        }

        Assert.True(await repaired.HoldsAsync("(select array_agg(data_date) from meta.stale_date) = '{2026-01-30}'"));
        await repaired.RunAsync("run --date 2026-01-31");

        // The mart of loads tells that its row came from quarantine; everything else is as if the row had been good from the start.
        Assert.Equal(
            ["analytics.fct_partition_loads"], (await repaired.ContentAsync()).Except(await whole.ContentAsync()).Select(relation => relation.Key));
        Assert.True(await repaired.HoldsAsync("exists (select from meta.pipeline_run where data_date = '2026-01-30' and trigger = 'correction' and state = 'success')"));
        Assert.True(await repaired.HoldsAsync("not exists (select from meta.stale_date)"));
    }

    [Fact]
    public async Task Run_ATestOfTheProjectFails_ExitsWith1AndPublishesNothing()
    {
        await using var system = await TestSystem.CreateAsync(servers);
        using var project = new ProjectCopy();
        await File.WriteAllTextAsync(Path.Combine(project.Folder, "tests", "assert_never.sql"), "select 4711 as order_id", Token);
        var settings = system.Settings();
        settings["Transform__ProjectDirectory"] = project.Folder;

        var (code, _, error) = await WorkerProcess.RunAsync(["run", "--date", "2026-01-30"], settings, Token);

        Assert.Equal(1, code);
        Assert.Contains("assert_never", error, StringComparison.Ordinal);
        Assert.True(await system.HoldsAsync("not exists (select from meta.publication) and not exists (select from information_schema.tables where table_schema = 'analytics')"));
        // Which test, and rows that fail it, wherever an operator looks; the operator API reads what 'runs show' reads.
        foreach (var look in (string[])["runs show --date 2026-01-30", "runs show --date 2026-01-30 --json", "runs list --json", "runs logs dbt_build --date 2026-01-30"])
        {
            var shown = (await system.RunAsync(look)).Replace("\\\"", "\"", StringComparison.Ordinal);
            Assert.Contains("assert_never", shown, StringComparison.Ordinal);
            Assert.Contains("{\"order_id\": 4711}", shown, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task TransformBuild_AfterTheLoads_BuildsWhatIsSelected()
    {
        await using var system = await TestSystem.CreateAsync(servers);
        Assert.Contains("sales: ", await system.RunAsync("generate --from 2026-01-30 --to 2026-01-30"), StringComparison.Ordinal);
        await system.RunAsync("run --date 2026-01-30");

        var output = await system.RunAsync("transform build --select dim_product --from 2026-01-30 --to 2026-01-30");

        Assert.Contains("model analytics.dim_product", output, StringComparison.Ordinal);
        Assert.Contains("ERROR=0", output, StringComparison.Ordinal);
        Assert.DoesNotContain("model mart_", output, StringComparison.Ordinal);
    }

    /// <summary>Starts a Worker and kills it once the ledger says so.</summary>
    private static async Task KillAsync(TestSystem system, string once)
    {
        await using var worker = WorkerProcess.Start([], system.Settings(catchUpDays: 3));
        await UntilAsync(worker, system, once);
        await worker.KillAsync();
    }

    /// <summary>Lands a file of a partition again, whose last text has become another, and the manifest that says so.</summary>
    private static Task CorrectAsync(TestSystem system, string folder, string name) =>
        LandAgainAsync(system, folder, name, content => content[content[^2] == '"' ? ^3 : ^2] = (byte)'X');

    private static async Task LandAgainAsync(TestSystem system, string folder, string name, Action<byte[]> change)
    {
        var file = system.Landing.GetBlobClient($"{folder}/{name}");
        var content = (await file.DownloadContentAsync(Token)).Value.Content.ToArray();
        var manifest = system.Landing.GetBlobClient($"{folder}/_manifest.json");
        var json = (await manifest.DownloadContentAsync(Token)).Value.Content.ToString();
        var before = Convert.ToHexStringLower(SHA256.HashData(content));
        change(content);
        await file.UploadAsync(new BinaryData(content), overwrite: true, Token);
        json = json.Replace(before, Convert.ToHexStringLower(SHA256.HashData(content)), StringComparison.Ordinal);
        await manifest.UploadAsync(new BinaryData(json), overwrite: true, Token);
    }

    private static async Task UntilAsync(WorkerProcess worker, TestSystem system, string condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromMinutes(1.5));
        while (!await system.HoldsAsync(condition))
        {
            Assert.False(worker.HasExited, worker.Output + worker.Error);
            Assert.False(limit.IsCancellationRequested, $"Not within the time: {condition}\n{worker.Output}{worker.Error}");
            await Task.Delay(5, Token);
        }
    }
}
