using Azure.Storage.Blobs;
using Platform.AppHost.Embedded.Servers;

namespace Platform.Testing;

/// <summary>
/// One PostgreSQL and one Azurite per test process, started when first asked for. An assembly fixture:
/// <c>[assembly: AssemblyFixture(typeof(EmbeddedServers))]</c>.
/// </summary>
public sealed class EmbeddedServers : IAsyncDisposable
{
    private const string Owner = "platform_owner";
    private readonly string _password = Secret.Password();
    private readonly Lazy<Task<ServerPackages?>> _packages;
    private readonly Lazy<Task<PostgresServer>> _postgres;
    private readonly Lazy<Task<AzuriteServer>> _azurite;
    private readonly Lazy<TestFolder> _folder = new(TestFolder.Create);
    private int _created;

    public EmbeddedServers()
    {
        _packages = new(() => ServerPackages.InstallAsync(PlatformFolder.Default, static _ => { }, CancellationToken.None));
        _postgres = new(StartPostgresAsync);
        _azurite = new(StartAzuriteAsync);
    }

    /// <summary>
    /// An empty database of its own. Its owner is the same role for all databases (it may create roles, as roles belong to the server,
    /// not to a database) and no superuser.
    /// </summary>
    public async Task<TestDatabase> CreateDatabaseAsync(CancellationToken cancellationToken = default)
    {
        var postgres = await _postgres.Value.WaitAsync(cancellationToken);
        var name = $"test_{Interlocked.Increment(ref _created)}";
        await postgres.EnsureDatabaseAsync(name, Owner, cancellationToken);
        return new TestDatabase(postgres, name, postgres.ConnectionString(name, Owner, _password));
    }

    /// <summary>A PostgreSQL server for one test alone, which may stop it; disposed by the test.</summary>
    public async Task<TestPostgres> StartPostgresAsync(CancellationToken cancellationToken = default)
    {
        var binaries = await PostgresBinaries.FindAsync(await _packages.Value, cancellationToken);
        var folder = Path.Combine(_folder.Value.Path, $"postgres-{Interlocked.Increment(ref _created)}");
        return await TestPostgres.StartAsync(new PostgresServerOptions(binaries, folder, LoopbackPort.Free(), Secret.Password()), cancellationToken);
    }

    /// <summary>An empty blob container of its own.</summary>
    public async Task<TestContainer> CreateContainerAsync(CancellationToken cancellationToken = default)
    {
        var azurite = await _azurite.Value.WaitAsync(cancellationToken);
        var client = new BlobContainerClient(azurite.ConnectionString, $"test-{Interlocked.Increment(ref _created)}");
        await client.CreateAsync(cancellationToken: cancellationToken);
        return new TestContainer(azurite.ConnectionString, client);
    }

    public async ValueTask DisposeAsync()
    {
        if (_azurite.IsValueCreated)
        {
            await DisposeStartedAsync(_azurite.Value);
        }

        if (_postgres.IsValueCreated)
        {
            await DisposeStartedAsync(_postgres.Value);
        }

        if (_folder.IsValueCreated)
        {
            _folder.Value.Dispose();
        }
    }

    /// <summary>A server that did not start has told its tests so, and has nothing to stop.</summary>
    private static async Task DisposeStartedAsync<T>(Task<T> start)
        where T : IAsyncDisposable
    {
        await ((Task)start).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (start.IsCompletedSuccessfully)
        {
            await (await start).DisposeAsync();
        }
    }

    private async Task<PostgresServer> StartPostgresAsync()
    {
        var binaries = await PostgresBinaries.FindAsync(await _packages.Value, CancellationToken.None);
        var postgres = await PostgresServer.StartAsync(
            new PostgresServerOptions(binaries, Path.Combine(_folder.Value.Path, "postgres"), LoopbackPort.Free(), Secret.Password())
            {
                // Nothing here survives the test process.
                Settings = new Dictionary<string, string>
                {
                    ["fsync"] = "off",
                    ["synchronous_commit"] = "off",
                    ["full_page_writes"] = "off",
                    ["autovacuum_naptime"] = "10min",
                },
            },
            CancellationToken.None);
        await postgres.EnsureOwnerAsync(Owner, _password, CancellationToken.None);
        return postgres;
    }

    private async Task<AzuriteServer> StartAzuriteAsync()
    {
        var packages = await _packages.Value
            ?? throw new ServerException("Tests with blobs need Azurite, which needs Node.js 20 or newer: install it (https://nodejs.org).");
        return await AzuriteServer.StartAsync(
            new AzuriteServerOptions(packages, Folder: null, LoopbackPort.Free(), Secret.StorageKey()), CancellationToken.None);
    }
}
