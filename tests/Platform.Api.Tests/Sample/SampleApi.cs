using Platform.Testing;

namespace Platform.Api.Tests.Sample;

/// <summary>The Api over a published sample, shared by the tests of a class; they only read.</summary>
public class SampleApi(EmbeddedServers servers) : IAsyncLifetime
{
    private const int Seed = 20260220;

    internal EmbeddedServers Servers => servers;

    private TestDatabase? database;
    private ApiServer? server;

    internal SampleData Data { get; } = SampleData.Create(Seed);

    public TestDatabase Database => database!;

    public ApiServer Server => server!;

    public async ValueTask InitializeAsync()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        database = await servers.CreateDatabaseAsync(cancellationToken);
        await SampleDatabase.MigrateAsync(database, cancellationToken);
        await SampleDatabase.LoadAsync(database, Data, cancellationToken);
        await PublishAsync(cancellationToken);
        server = new ApiServer(SampleDatabase.ApiConnectionString(database));
        await SampleClosing.CloseAsync(database, server, "2026-01");
    }

    /// <summary>What plain SQL says, each value as PostgreSQL writes it.</summary>
    public async Task<string?[][]> SqlAsync(string sql)
    {
        await using var command = Database.DataSource.CreateCommand(sql);
        command.AllResultTypesAreUnknown = true;
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var rows = new List<string?[]>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(at => reader.IsDBNull(at) ? null : reader.GetString(at))]);
        }

        return [.. rows];
    }

    /// <summary>Makes the loaded sample the current publication.</summary>
    protected virtual Task PublishAsync(CancellationToken cancellationToken) => SampleDatabase.PublishAsync(Database, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
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
