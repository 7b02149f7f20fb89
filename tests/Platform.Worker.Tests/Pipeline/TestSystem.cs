using System.Globalization;
using Azure.Storage.Blobs;
using Npgsql;
using Platform.Testing;
using Platform.Worker.Tests.Operate;

namespace Platform.Worker.Tests.Pipeline;

/// <summary>A warehouse and a landing container for the real executable with its real stages, at a small volume.</summary>
internal sealed class TestSystem : IAsyncDisposable
{
    private readonly TestDatabase _database;
    private readonly TestContainer _container;

    private TestSystem(TestDatabase database, TestContainer container)
    {
        _database = database;
        _container = container;
    }

    public NpgsqlDataSource Warehouse => _database.DataSource;

    public BlobContainerClient Landing => _container.Client;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<TestSystem> CreateAsync(EmbeddedServers servers) =>
        new(await servers.CreateDatabaseAsync(Token), await servers.CreateContainerAsync(Token));

    public Dictionary<string, string> Settings(int catchUpDays = 0) => new()
    {
        ["ConnectionStrings__warehouse"] = _database.ConnectionString,
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
