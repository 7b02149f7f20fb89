using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Testing;
using Platform.Worker.Transform;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Tests.Transform;

/// <summary>A migrated database of one test with an engine on it.</summary>
internal sealed class TestWarehouse : IAsyncDisposable
{
    private readonly TestDatabase _database;

    private TestWarehouse(TestDatabase database, TransformOptions options)
    {
        _database = database;
        Engine = new TransformEngine(database.DataSource, Options.Create(options), TimeProvider.System, NullLogger<TransformEngine>.Instance);
    }

    public TransformEngine Engine { get; }

    public NpgsqlDataSource DataSource => _database.DataSource;

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<TestWarehouse> CreateAsync(EmbeddedServers servers, TransformOptions? options = null)
    {
        var database = await servers.CreateDatabaseAsync(Token);
        await new MigrationRunner(database.DataSource, Options.Create(new WarehouseOptions()), NullLogger<MigrationRunner>.Instance).RunAsync(Token);
        return new TestWarehouse(database, options ?? new TransformOptions());
    }

    public Task<BuildResult> BuildAsync(TestProject project, BuildRequest? request = null) =>
        Engine.BuildAsync((request ?? new BuildRequest()) with { ProjectDirectory = project.Directory }, null, Token);

    /// <summary>Builds and expects it to go well.</summary>
    public async Task<BuildResult> PublishAsync(TestProject project, BuildRequest? request = null)
    {
        var result = await BuildAsync(project, request);
        Assert.True(result.Success, string.Join('\n', result.Failures.Select(node => $"{node.UniqueId}: {node.Message}")));
        return result;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Token);
    }

    public async Task<T?> ScalarAsync<T>(string sql)
    {
        await using var command = DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync(Token) is T value ? value : default;
    }

    /// <summary>The rows as text, cells separated by '|', rows in the order of the query.</summary>
    public async Task<string> RowsAsync(string sql)
    {
        await using var command = DataSource.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(Token);
        var rows = new List<string>();
        while (await reader.ReadAsync(Token))
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(index => reader.IsDBNull(index) ? "" : FormattableString.Invariant($"{reader.GetValue(index)}"))));
        }

        return string.Join('\n', rows);
    }

    public Task<string> KindsAsync(string schema) => RowsAsync(
        $"select relname, relkind from pg_class where relnamespace = '{schema}'::regnamespace and relkind in ('r', 'v', 'm') order by 1");

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
