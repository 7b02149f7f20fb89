using Platform.AppHost.Embedded.Servers;

namespace Platform.Testing;

/// <summary>A PostgreSQL server of one test, which the test can stop and start again.</summary>
public sealed class TestPostgres : IAsyncDisposable
{
    private readonly PostgresServerOptions _options;
    private PostgresServer? _server;

    private TestPostgres(PostgresServerOptions options, PostgresServer server)
    {
        (_options, _server) = (options, server);
        ConnectionString = server.ConnectionString("postgres", "postgres", options.Password);
    }

    /// <summary>Connects to the database "postgres" as superuser.</summary>
    public string ConnectionString { get; }

    /// <summary>Ends all sessions and stops the server.</summary>
    public async Task StopAsync()
    {
        if (_server is { } server)
        {
            _server = null;
            await server.DisposeAsync();
        }
    }

    /// <summary>Starts it again on the same data and port.</summary>
    public async Task StartAsync(CancellationToken cancellationToken) => _server = await PostgresServer.StartAsync(_options, cancellationToken);

    public async ValueTask DisposeAsync() => await StopAsync();

    internal static async Task<TestPostgres> StartAsync(PostgresServerOptions options, CancellationToken cancellationToken) =>
        new(options, await PostgresServer.StartAsync(options, cancellationToken));
}
