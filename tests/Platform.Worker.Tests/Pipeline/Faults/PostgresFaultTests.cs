using System.Diagnostics;
using Npgsql;
using Platform.Testing;
using Platform.Worker.Tests.Operate;

namespace Platform.Worker.Tests.Pipeline.Faults;

/// <summary>PostgreSQL that restarts, cuts connections or has a full disk while dates are run.</summary>
public sealed class PostgresFaultTests(EmbeddedServers servers)
{
    private const string Range = "backfill --from 2026-01-29 --to 2026-01-30";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("exists (select from meta.task_run where task = 'etl_sales' and state = 'running')")]
    [InlineData("exists (select from meta.invocation where finished_at is null) and exists (select from pg_class where relnamespace = 'candidate'::regnamespace)")]
    public async Task Run_ServerRestarts_GoesOnAndEndsWithTheContentOfAnUndisturbedRun(string once)
    {
        await using var undisturbed = await TestSystem.CreateAsync(servers);
        await undisturbed.RunAsync(Range);
        await using var postgres = await servers.StartPostgresAsync(Token);
        await using var system = await TestSystem.CreateAsync(servers, postgres);
        await using var worker = WorkerProcess.Start(Range.Split(' '), system.Settings());
        await TestWorker.UntilAsync(() => system.HoldsAsync(once));

        await postgres.StopAsync();
        await postgres.StartAsync(Token);
        var code = await worker.WaitAsync(Token);

        // The sessions of the test itself ended, too.
        system.Warehouse.Clear();
        Assert.True(code == 0, worker.Output + worker.Error);
        Assert.Equal(await undisturbed.ContentAsync(), await system.ContentAsync());
        await KillSoakTests.AssertNothingIsLeftAsync(system);
        Assert.True(await system.HoldsAsync("exists (select from meta.task_attempt where state = 'failed' and error_class = 'infrastructure')"));
    }

    [Fact]
    public async Task Run_SessionsAreCutAgainAndAgain_EndsWithTheContentOfAnUndisturbedRun()
    {
        var random = new Random(20260129);
        await using var undisturbed = await TestSystem.CreateAsync(servers);
        await using var cut = await TestSystem.CreateAsync(servers);
        await undisturbed.RunAsync(Range);
        await cut.RunAsync("status");
        var sessions = 0L;
        for (var round = 0; round < 4; round++)
        {
            await using var worker = WorkerProcess.Start([.. Range.Split(' '), "--force"], cut.Settings());
            await TestWorker.UntilAsync(async () => worker.HasExited || await cut.HoldsAsync("exists (select from meta.task_attempt where state = 'running')"));
            for (var times = 0; times < 6 && !worker.HasExited; times++)
            {
                await Task.Delay(random.Next(50, 600), Token);
                // All of them, or one, which the others do not notice.
                await using var command = cut.Warehouse.CreateCommand($"""
                    select count(pg_terminate_backend(pid)) from (
                        select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() order by random()
                        limit {(random.Next(2) == 0 ? 1000 : 1)}) session
                    """);
                sessions += (long)(await command.ExecuteScalarAsync(Token))!;
            }
            await worker.WaitAsync(Token);
        }
        var (code, output, error) = await WorkerProcess.RunAsync(Range.Split(' '), cut.Settings(), Token);

        cut.Warehouse.Clear();
        Assert.True(code == 0, error + output);
        Assert.True(sessions > 20, $"Only {sessions} sessions were cut.");
        Assert.Equal(await undisturbed.ContentAsync(), await cut.ContentAsync());
        await KillSoakTests.AssertNothingIsLeftAsync(cut);
    }

    [Fact]
    public async Task Run_DiskIsFull_FailsAsInfrastructureAndIsDoneWhenThereIsRoom()
    {
        await using var undisturbed = await TestSystem.CreateAsync(servers);
        await undisturbed.RunAsync(Range);
        await using var postgres = await servers.StartPostgresAsync(Token);
        await using var system = await TestSystem.CreateAsync(servers, postgres);
        await system.RunAsync("run --date 2026-01-29");
        var before = await system.ContentAsync();
        await using var disk = await SmallDisk.AttachAsync(system.Warehouse);
        var settings = system.Settings();
        settings["Pipeline__MaxRetries"] = "1";
        settings["Pipeline__RetryDelay"] = "00:00:00.1";

        var (code, _, error) = await WorkerProcess.RunAsync(["run", "--date", "2026-01-30"], settings, Token);

        Assert.True(code == 3, error);
        Assert.True(await system.HoldsAsync("(select error_class = 'infrastructure' and state = 'failed' from meta.pipeline_run where data_date = '2026-01-30')"), error);
        Assert.Contains("53100", error, StringComparison.Ordinal);
        Assert.Equal(before["analytics.fct_order_lines"], (await system.ContentAsync())["analytics.fct_order_lines"]);
        await disk.MakeRoomAsync();
        await system.RunAsync("run --date 2026-01-30");
        Assert.Equal(await undisturbed.ContentAsync(), await system.ContentAsync());
        await KillSoakTests.AssertNothingIsLeftAsync(system);
    }

    /// <summary>
    /// What the server writes from now on goes to a full disk: a tablespace on a small tmpfs, filled up. Where mounting is not allowed, the server is made to
    /// refuse new rows of the facts with the same SQLSTATE.
    /// </summary>
    private sealed class SmallDisk(NpgsqlDataSource warehouse, string? folder) : IAsyncDisposable
    {
        public static async Task<SmallDisk> AttachAsync(NpgsqlDataSource warehouse)
        {
            var folder = Directory.CreateTempSubdirectory("small-disk-").FullName;
            if (await RunAsync("mount", "-t", "tmpfs", "-o", "size=24m,mode=0777", "tmpfs", folder))
            {
                var data = Directory.CreateDirectory(Path.Combine(folder, "data")).FullName;
                await using var server = warehouse.CreateCommand("show data_directory");
                var owner = (string)(await server.ExecuteScalarAsync(Token))!;
                Assert.True(await RunAsync("chown", "--reference", owner, data));
                await File.WriteAllBytesAsync(Path.Combine(folder, "filler"), new byte[24_600_000], Token);
                await ExecuteAsync(warehouse, $"create tablespace small location '{data}'");
                await ExecuteAsync(warehouse, "alter role current_user set default_tablespace = small");
                return new SmallDisk(warehouse, folder);
            }

            Directory.Delete(folder);
            await ExecuteAsync(warehouse, """
                create function public.full_disk() returns trigger language plpgsql as $$
                    begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
                create trigger full_disk before insert on sales.orders for each row execute function public.full_disk()
                """);
            return new SmallDisk(warehouse, null);
        }

        public async Task MakeRoomAsync()
        {
            if (folder is null)
            {
                await ExecuteAsync(warehouse, "drop function public.full_disk() cascade");
                return;
            }

            File.Delete(Path.Combine(folder, "filler"));
            Assert.True(await RunAsync("mount", "-o", "remount,size=200m", folder));
        }

        public async ValueTask DisposeAsync()
        {
            if (folder is not null)
            {
                // The server still holds its files: the mount goes when it has let go of them.
                await RunAsync("umount", "-l", folder);
                Directory.Delete(folder);
            }
        }

        private static async Task<bool> RunAsync(string program, params string[] arguments)
        {
            try
            {
                using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
                await process.WaitForExitAsync(Token);
                return process.ExitCode == 0;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return false;
            }
        }

        private static async Task ExecuteAsync(NpgsqlDataSource warehouse, string sql)
        {
            await using var command = warehouse.CreateCommand(sql);
            await command.ExecuteNonQueryAsync(Token);
        }
    }
}
