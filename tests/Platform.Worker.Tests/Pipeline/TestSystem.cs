using System.Globalization;
using Azure.Storage.Blobs;
using Npgsql;
using Platform.Testing;
using Platform.Worker.Tests.Operate;

namespace Platform.Worker.Tests.Pipeline;

/// <summary>A warehouse and a landing container for the real executable with its real stages, at a small volume.</summary>
internal sealed class TestSystem : IAsyncDisposable
{
    private readonly IAsyncDisposable _database;
    private readonly TestContainer _container;
    private readonly string _connectionString;

    private TestSystem(IAsyncDisposable database, NpgsqlDataSource warehouse, string connectionString, TestContainer container)
    {
        (_database, Warehouse, _connectionString, _container) = (database, warehouse, connectionString, container);
    }

    public NpgsqlDataSource Warehouse { get; }

    public BlobContainerClient Landing => _container.Client;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<TestSystem> CreateAsync(EmbeddedServers servers)
    {
        var database = await servers.CreateDatabaseAsync(Token);
        return new(database, database.DataSource, database.ConnectionString, await servers.CreateContainerAsync(Token));
    }

    /// <summary>On a server that the test may stop; the test disposes it.</summary>
    public static async Task<TestSystem> CreateAsync(EmbeddedServers servers, TestPostgres postgres)
    {
        var warehouse = NpgsqlDataSource.Create(postgres.ConnectionString);
        return new(warehouse, warehouse, postgres.ConnectionString, await servers.CreateContainerAsync(Token));
    }

    public Dictionary<string, string> Settings(int catchUpDays = 0) => new()
    {
        ["ConnectionStrings__warehouse"] = _connectionString,
        ["ConnectionStrings__landing"] = _container.ConnectionString,
        ["Landing__Container"] = _container.Name,
        ["Generator__OrdersPerDay"] = "20",
        ["Pipeline__CatchUpDays"] = catchUpDays.ToString(CultureInfo.InvariantCulture),
        ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
    };

    /// <summary>Runs a verb, which must succeed.</summary>
    public async Task<string> RunAsync(string arguments)
    {
        var (code, output, error) = await WorkerProcess.RunAsync(arguments.Split(' '), Settings(), Token);
        Assert.True(code == 0, $"{arguments} exited with {code}: {error}{output}");
        return output;
    }

    public Task<SortedDictionary<string, string>> ContentAsync() => WarehouseContent.OfAsync(Warehouse, Token);

    /// <summary>Asks the ledger; before the migrations the answer is no.</summary>
    public async Task<bool> HoldsAsync(string condition)
    {
        try
        {
            await using var command = Warehouse.CreateCommand($"select {condition}");
            return await command.ExecuteScalarAsync(Token) is true;
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _container.DisposeAsync();
        await _database.DisposeAsync();
    }
}
