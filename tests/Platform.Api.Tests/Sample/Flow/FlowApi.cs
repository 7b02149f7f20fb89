using Platform.Testing;

namespace Platform.Api.Tests.Sample.Flow;

/// <summary>The Api over the second sample: conversions, hours, calendars, partitions, saved queries. Shared by tests that only read.</summary>
public sealed class FlowApi(EmbeddedServers servers) : IAsyncLifetime
{
    private TestDatabase? database;
    private ApiServer? server;

    internal ApiServer Server => server!;

    public async ValueTask InitializeAsync()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        database = await servers.CreateDatabaseAsync(cancellationToken);
        await SampleDatabase.MigrateAsync(database, cancellationToken);
        await SampleDatabase.ExecuteAsync(database, await File.ReadAllTextAsync(Repository.Sample("Flow/flow.sql"), cancellationToken), cancellationToken);
        await SampleDatabase.GrantAsync(database, cancellationToken);
        await SampleDatabase.PublishAsync(
            database, cancellationToken, await File.ReadAllTextAsync(Repository.Sample("Flow/flow_manifest.json"), cancellationToken));
        server = new ApiServer(SampleDatabase.ApiConnectionString(database));
    }

    /// <summary>What plain SQL says, each value as PostgreSQL writes it.</summary>
    public async Task<string?[][]> SqlAsync(string sql)
    {
        await using var connection = await database!.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var zone = new Npgsql.NpgsqlCommand("set timezone = 'UTC'", connection);
        await zone.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await using var command = new Npgsql.NpgsqlCommand(sql, connection) { AllResultTypesAreUnknown = true };
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var rows = new List<string?[]>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(at => reader.IsDBNull(at) ? null : reader.GetString(at))]);
        }

        return [.. rows];
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }

        if (database is not null)
        {
            await database.DisposeAsync();
        }
    }
}
