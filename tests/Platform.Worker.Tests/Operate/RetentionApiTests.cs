using System.Net;
using System.Text.Json;
using Platform.Testing;
using Platform.Worker.Tests.Pipeline;

namespace Platform.Worker.Tests.Operate;

/// <summary>What a removal does is in PartitionRetirementTests; here is who may ask for it.</summary>
public sealed class RetentionApiTests(EmbeddedServers servers)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Retention_IsReadByViewers_AndCarriedOutByAdminsOnly()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await using var container = await servers.CreateContainerAsync(Token);
        await using var worker = await TestWorker.StartAsync(
            pipeline,
            environment: "Production",
            settings:
            [
                ("ConnectionStrings:landing", container.ConnectionString), ("Landing:Container", container.Name),
                ("Operator:Keys:0:Name", "screen"), ("Operator:Keys:0:Role", "viewer"), ("Operator:Keys:0:Key", "viewer-key-0123456"),
                ("Operator:Keys:1:Name", "maria"), ("Operator:Keys:1:Role", "admin"), ("Operator:Keys:1:Key", "admin-key-01234567"),
            ]);
        await worker.SchedulerAsync();

        Assert.Equal((HttpStatusCode.OK, "[]"), await SendAsync(HttpMethod.Get, "/api/v1/retention", "viewer-key-0123456"));
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(HttpMethod.Post, "/api/v1/retention/retire", "viewer-key-0123456")).Status);
        Assert.Equal((HttpStatusCode.OK, "[]"), await SendAsync(HttpMethod.Post, "/api/v1/retention/retire", "admin-key-01234567"));

        async Task<(HttpStatusCode Status, string? Partitions)> SendAsync(HttpMethod method, string path, string key)
        {
            using var request = new HttpRequestMessage(method, path);
            request.Headers.Add("X-Api-Key", key);
            using var response = await worker.Http.SendAsync(request, Token);
            using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token));
            return (response.StatusCode, body.RootElement.TryGetProperty("partitions", out var partitions) ? partitions.GetRawText() : null);
        }
    }
}
