using Npgsql;
using Platform.AppHost.Embedded.Servers;

namespace Platform.Testing;

/// <summary>A database of one test, dropped with all connections to it on disposal.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly PostgresServer _server;
    private readonly Lazy<NpgsqlDataSource> _dataSource;

    internal TestDatabase(PostgresServer server, string name, string connectionString)
    {
        _server = server;
        Name = name;
        ConnectionString = connectionString;
        _dataSource = new(() => NpgsqlDataSource.Create(connectionString));
    }

    public string Name { get; }

    /// <summary>Connects as the database's owner.</summary>
    public string ConnectionString { get; }

    /// <summary>Connections as the database's owner.</summary>
    public NpgsqlDataSource DataSource => _dataSource.Value;

    /// <summary>Connects to this database as another role.</summary>
    public string ConnectionStringFor(string role, string password) => _server.ConnectionString(Name, role, password);

    public async ValueTask DisposeAsync()
    {
        if (_dataSource.IsValueCreated)
        {
            await _dataSource.Value.DisposeAsync();
        }

        await _server.ExecuteAsync(CancellationToken.None, $"DROP DATABASE {Name} WITH (FORCE)");
    }
}
