using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.ServiceDefaults;
using Platform.Testing;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Tests.Warehouse;

public sealed class MigrationRunnerTests(EmbeddedServers servers)
{
    // Roles belong to the server, which all tests of the process share: the passwords are the same everywhere.
    private static readonly WarehouseOptions Options = new() { ApiPassword = "it's \\ api-secret", BiReaderPassword = "bi-secret" };

    [Fact]
    public async Task Run_SeveralProcessesAndDatabasesAtOnce_MigratesEachOnce()
    {
        await using var first = await servers.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        await using var second = await servers.CreateDatabaseAsync(TestContext.Current.CancellationToken);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async number =>
        {
            // A data source each: sessions of their own, as processes have.
            await using var dataSource = NpgsqlDataSource.Create((number % 2 == 0 ? first : second).ConnectionString);
            await Runner(dataSource).RunAsync(TestContext.Current.CancellationToken);
        }));

        foreach (var database in new[] { first, second })
        {
            Assert.Equal(1L, await ScalarAsync(database.DataSource, "select count(*) from meta.migration where scriptname like '%0001_meta.sql'"));
            Assert.Equal(
                "analytics,candidate,meta,staging",
                await ScalarAsync(database.DataSource, "select string_agg(nspname, ',' order by nspname) from pg_namespace where nspname in ('staging', 'candidate', 'analytics', 'meta')"));
        }
    }

    [Fact]
    public async Task Run_Traced_TellsNoPassword()
    {
        await using var database = await servers.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        ConcurrentQueue<string> told = [];
        using var traces = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span => told.Enqueue(string.Join('\n', span.TagObjects.Select(tag => $"{tag.Key}: {tag.Value}"))),
        };
        ActivitySource.AddActivityListener(traces);

        await Runner(database.DataSource).RunAsync(TestContext.Current.CancellationToken);

        Assert.Contains(told, span => span.Contains("alter role", StringComparison.Ordinal));
        Assert.DoesNotContain(told, span => span.Contains("-secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_Again_ChangesNothing()
    {
        await using var database = await servers.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        await Runner(database.DataSource).RunAsync(TestContext.Current.CancellationToken);
        await ExecuteAsync(database.DataSource, "insert into meta.pipeline_run (pipeline, data_date, state, trigger, requested_at) values ('p', '2026-01-31', 'queued', 'manual', now())");

        await Runner(database.DataSource).RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1L, await ScalarAsync(database.DataSource, "select count(*) from meta.pipeline_run"));
    }

    [Fact]
    public async Task ReadingRoles_AfterMigration_ReadTheirSchemasAndWriteNothing()
    {
        await using var database = await servers.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        await ExecuteAsync(database.DataSource, "create schema sales; create table sales.orders (id int)");
        await Runner(database.DataSource).RunAsync(TestContext.Current.CancellationToken);
        await ExecuteAsync(
            database.DataSource,
            "create table candidate.moved (id int); alter table candidate.moved set schema analytics; create table analytics.made_later (id int); create table meta.made_later (id int)");
        await using (var publisher = await database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken))
        {
            await Grants.ApplyAsync(publisher, TestContext.Current.CancellationToken);
        }

        await using var api = NpgsqlDataSource.Create(database.ConnectionStringFor(WarehouseNames.ApiRole, Options.ApiPassword!));
        await using var reader = NpgsqlDataSource.Create(database.ConnectionStringFor(WarehouseNames.BiReaderRole, Options.BiReaderPassword!));
        foreach (var (role, allowed, denied) in new[]
        {
            (api, new[] { "analytics.moved", "analytics.made_later", "meta.made_later", "meta.partition_load" }, new[] { "sales.orders", "candidate.moved" }),
            (reader, ["analytics.moved", "analytics.made_later"], ["sales.orders", "meta.partition_load", "meta.made_later"]),
        })
        {
            foreach (var table in allowed)
            {
                Assert.Equal(0L, await ScalarAsync(role, $"select count(*) from {table}"));
                await AssertDeniedAsync(role, $"delete from {table}");
            }

            foreach (var table in denied)
            {
                await AssertDeniedAsync(role, $"select count(*) from {table}");
            }

            await AssertDeniedAsync(role, "create table analytics.mine (id int)");
            await AssertDeniedAsync(role, "create table public.mine (id int)");
            await AssertDeniedAsync(role, "create schema mine");
        }
    }

    private static MigrationRunner Runner(NpgsqlDataSource dataSource) =>
        new(dataSource, Microsoft.Extensions.Options.Options.Create(Options), NullLogger<MigrationRunner>.Instance);

    private static async Task AssertDeniedAsync(NpgsqlDataSource role, string sql)
    {
        var error = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(role, sql));
        Assert.True(
            error.SqlState is PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.UndefinedTable, $"{sql}: {error.SqlState} {error.MessageText}");
    }

    private static async Task ExecuteAsync(NpgsqlDataSource dataSource, string sql)
    {
        await using var command = dataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<object?> ScalarAsync(NpgsqlDataSource dataSource, string sql)
    {
        await using var command = dataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
