using Npgsql;
using Platform.Testing;

namespace Platform.EndToEnd.Tests.Servers;

public sealed class EmbeddedServersTests(EmbeddedServers servers)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CreateDatabaseAsync_TwoTests_SeeNothingOfEachOther()
    {
        await using var first = await servers.CreateDatabaseAsync(Cancellation);
        await using var second = await servers.CreateDatabaseAsync(Cancellation);

        await ExecuteAsync(first, "CREATE TABLE public.t (i int)");
        var failure = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(second, "SELECT * FROM public.t"));

        Assert.Equal(PostgresErrorCodes.UndefinedTable, failure.SqlState);
    }

    [Fact]
    public async Task CreateDatabaseAsync_Owner_CreatesSchemasAndRolesButIsNoSuperuser()
    {
        await using var database = await servers.CreateDatabaseAsync(Cancellation);

        await ExecuteAsync(database, "CREATE SCHEMA sales; CREATE ROLE reader_of_one_test LOGIN PASSWORD 'p'; GRANT USAGE ON SCHEMA sales TO reader_of_one_test");
        await using var reader = NpgsqlDataSource.Create(database.ConnectionStringFor("reader_of_one_test", "p"));
        await using var superuser = reader.CreateCommand("SELECT current_setting('is_superuser')");

        Assert.Equal("off", await superuser.ExecuteScalarAsync(Cancellation));
        await ExecuteAsync(database, "REVOKE USAGE ON SCHEMA sales FROM reader_of_one_test; DROP ROLE reader_of_one_test");
    }

    [Fact]
    public async Task Database_Disposed_IsDroppedAlthoughConnected()
    {
        var database = await servers.CreateDatabaseAsync(Cancellation);
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(Cancellation);

        await database.DisposeAsync();

        await using var other = await servers.CreateDatabaseAsync(Cancellation);
        await using var command = other.DataSource.CreateCommand("SELECT count(*) FROM pg_database WHERE datname = $1");
        command.Parameters.AddWithValue(database.Name);
        Assert.Equal(0L, await command.ExecuteScalarAsync(Cancellation));
    }

    [Fact]
    public async Task CreateContainerAsync_UploadedBlob_ReadsBackAndVanishesWithTheContainer()
    {
        var container = await servers.CreateContainerAsync(Cancellation);
        var blob = container.Client.GetBlobClient("sales/20260131/orders.csv");
        await blob.UploadAsync(BinaryData.FromString("order_id\n1\n"), Cancellation);

        var read = await blob.DownloadContentAsync(Cancellation);
        await container.DisposeAsync();

        Assert.Equal("order_id\n1\n", read.Value.Content.ToString());
        Assert.False(await container.Client.ExistsAsync(Cancellation));
    }

    private static async Task ExecuteAsync(TestDatabase database, string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancellation);
    }
}
