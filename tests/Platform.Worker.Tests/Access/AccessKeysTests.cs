using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Platform.Testing;
using Platform.Worker.Access;
using Platform.Worker.Tests.Pipeline;

namespace Platform.Worker.Tests.Access;

public sealed class AccessKeysTests(EmbeddedServers servers)
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Create_KeepsTheHashOnly_AndAuditsWhoMadeWhat()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await using var warehouse = NpgsqlDataSource.Create(pipeline.ConnectionString);
        var keys = new AccessKeys(warehouse, new FakeTimeProvider(Noon));

        var issued = await keys.CreateAsync(
            new("power-bi", "viewer") { Domains = ["sales"], Rows = new Dictionary<string, IReadOnlyList<string>> { ["customer__region"] = ["DACH"] } },
            TimeSpan.FromDays(30), "ann@host", Token);

        Assert.Equal(Noon.AddDays(30), issued.Key.ExpiresAt);
        Assert.StartsWith(issued.Key.Prefix, issued.Secret, StringComparison.Ordinal);
        Assert.True(issued.Secret.Length >= 40);
        var row = await RowAsync(warehouse, "select to_jsonb(k)::text from meta.access_key k");
        Assert.DoesNotContain(issued.Secret, row, StringComparison.Ordinal);
        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(issued.Secret))), await RowAsync(warehouse, "select encode(hash, 'hex') from meta.access_key"));
        Assert.Equal(
            "ann@host key.create power-bi [\"sales\"] {\"customer__region\": [\"DACH\"]}",
            await RowAsync(warehouse, "select concat_ws(' ', who, action, subject, detail ->> 'domains', detail ->> 'row_rules') from meta.audit"));
    }

    [Fact]
    public async Task Rotate_TakesTheGrantOver_AndEndsTheFormerSecretAfterTheOverlap()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await using var warehouse = NpgsqlDataSource.Create(pipeline.ConnectionString);
        var time = new FakeTimeProvider(Noon);
        var keys = new AccessKeys(warehouse, time);
        var first = await keys.CreateAsync(new("excel", "analyst") { Metrics = ["revenue"], RequestsPerMinute = 5 }, TimeSpan.FromDays(365), "ann", Token);

        var second = await keys.RotateAsync("excel", TimeSpan.FromDays(90), TimeSpan.FromHours(2), "bob", Token);

        Assert.NotEqual(first.Secret, second.Secret);
        Assert.Equal(("analyst", 5, "revenue"), (second.Key.Role, second.Key.RequestsPerMinute, Assert.Single(second.Key.Metrics!)));
        Assert.Equal(["active until 2026-04-05", "active until 2026-01-05"], await StatesAsync());
        time.Advance(TimeSpan.FromHours(3));
        Assert.Equal(["active until 2026-04-05", "expired until 2026-01-05"], await StatesAsync());

        Assert.Equal(2, await keys.RevokeAsync("excel", "eve", Token));

        Assert.Equal(["revoked until 2026-04-05", "revoked until 2026-01-05"], await StatesAsync());
        Assert.Equal(
            "ann key.create, bob key.create, eve key.revoke, eve key.revoke",
            await RowAsync(warehouse, "select string_agg(who || ' ' || action, ', ' order by audit_id) from meta.audit"));
        var none = await Assert.ThrowsAsync<ConfigurationFaultException>(() => keys.RotateAsync("excel", TimeSpan.FromDays(1), TimeSpan.Zero, "ann", Token));
        Assert.Contains("no active key 'excel'", none.Message, StringComparison.Ordinal);

        async Task<string[]> StatesAsync() => [.. (await keys.ListAsync("excel", Token)).Select(key => $"{key.State} until {key.ExpiresAt:yyyy-MM-dd}")];
    }

    [Fact]
    public async Task Create_WithNonsense_TellsAllOfIt_AndOneNameIsMadeOnceAtATime()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await using var warehouse = NpgsqlDataSource.Create(pipeline.ConnectionString);
        var keys = new AccessKeys(warehouse, TimeProvider.System);

        var refused = await Assert.ThrowsAsync<ConfigurationFaultException>(() => keys.CreateAsync(
            new(" ", "king") { Domains = ["Sales; drop"], Rows = new Dictionary<string, IReadOnlyList<string>> { ["region"] = ["x"], ["a__b"] = [] }, RequestsPerMinute = 0 },
            TimeSpan.FromDays(1), "ann", Token));

        Assert.All(
            ["the name is empty", "'king' is no role", "'Sales; drop' is no name", "'region' is no dimension", "'a__b' has no values", "1 or more"],
            fault => Assert.Contains(fault, refused.Message, StringComparison.Ordinal));
        var attempts = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            try
            {
                await keys.CreateAsync(new("once", "viewer"), TimeSpan.FromDays(1), "ann", Token);
                return true;
            }
            catch (ConfigurationFaultException)
            {
                return false;
            }
        }));
        Assert.Single(attempts, made => made);
    }

    private static async Task<string> RowAsync(NpgsqlDataSource warehouse, string sql)
    {
        await using var command = warehouse.CreateCommand(sql);
        return (string)(await command.ExecuteScalarAsync(Token))!;
    }
}
