using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Testing;
using Platform.Worker.Tests.Pipeline;

namespace Platform.Worker.Tests.Operate;

/// <summary>Who may do what over HTTP, and what the audit log keeps of it.</summary>
public sealed class OperatorRolesTests(EmbeddedServers servers)
{
    private static readonly (string, string)[] Keys =
    [
        ("Operator:ApiKey", "the one of before"),
        ("Operator:Keys:0:Name", "screen"), ("Operator:Keys:0:Role", "viewer"), ("Operator:Keys:0:Key", "viewer-key-0123456"),
        ("Operator:Keys:1:Name", "night-shift"), ("Operator:Keys:1:Role", "operator"), ("Operator:Keys:1:Key", "operator-key-01234"),
        ("Operator:Keys:2:Name", "maria"), ("Operator:Keys:2:Role", "admin"), ("Operator:Keys:2:Key", "admin-key-01234567"),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EveryRequest_ByItsRole_IsLetInOrRefusedWithTheRoleItNeeds()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await using var worker = await TestWorker.StartAsync(pipeline, environment: "Production", settings: Keys);
        await worker.SchedulerAsync();
        var range = new { from = "2026-01-05", to = "2026-01-06" };
        (string Method, string Path, object? Body, string Role)[] requests =
        [
            ("GET", "/runs", null, "viewer"), ("GET", "/backfills", null, "viewer"), ("GET", "/pipeline", null, "viewer"),
            ("GET", "/runs/2026-01-05/attempts", null, "viewer"), ("GET", "/quarantine", null, "viewer"), ("GET", "/incidents", null, "viewer"),
            ("POST", "/runs", new { data_date = "2026-01-05" }, "operator"), ("POST", "/backfills", range, "operator"),
            ("POST", "/runs/clear", range, "operator"), ("POST", "/runs/cancel", range, "operator"), ("POST", "/backfills/1/resume", null, "operator"),
            ("POST", "/quarantine/discard", new { rows = new { all = true }, why = "test" }, "operator"),
            ("POST", "/pipeline/pause", new { why = "test" }, "admin"), ("POST", "/pipeline/resume", new { }, "admin"), ("GET", "/audit", null, "admin"), ("GET", "/keys", null, "admin"),
        ];
        (string Key, string[] Roles)[] senders =
        [
            ("viewer-key-0123456", ["viewer"]), ("operator-key-01234", ["viewer", "operator"]), ("admin-key-01234567", ["viewer", "operator", "admin"]),
            ("the one of before", ["viewer", "operator", "admin"]), ("another key, of nobody", []),
        ];
        foreach (var (key, roles) in senders)
        {
            foreach (var (method, path, body, role) in requests)
            {
                using var response = await SendAsync(worker, key, method, path, body);
                var expected = roles.Contains(role) ? (HttpStatusCode?)null : roles.Length == 0 ? HttpStatusCode.Unauthorized : HttpStatusCode.Forbidden;
                Assert.True(
                    expected is null ? response.IsSuccessStatusCode : response.StatusCode == expected,
                    $"{key} {method} {path}: {response.StatusCode} {await response.Content.ReadAsStringAsync(Token)}");
                if (expected is HttpStatusCode.Forbidden)
                {
                    Assert.Contains($"this needs the role {role}", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
                }
            }
        }
    }

    [Fact]
    public async Task EveryChange_IsAuditedWithWhoAndWhat_AndNothingElseIs()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await using var worker = await TestWorker.StartAsync(pipeline, catchUpDays: 1, environment: "Production", settings: Keys);
        await worker.SchedulerAsync();
        var range = new { from = "2026-01-05", to = "2026-01-06", why = "late files" };
        await DoAsync("operator-key-01234", "POST", "/runs", new { data_date = "2026-01-05", force = true });
        await TestWorker.UntilAsync(async () => (await pipeline.RunsAsync()).Contains("2026-01-05 success manual -"));
        await DoAsync("operator-key-01234", "POST", "/runs/clear", new { from = "2026-01-05", task = "load_a" });
        await DoAsync("operator-key-01234", "POST", "/runs/cancel", range);
        await DoAsync("operator-key-01234", "POST", "/backfills", range);
        await DoAsync("the one of before", "POST", "/pipeline/pause", new { why = "disk" });
        await DoAsync("admin-key-01234567", "POST", "/pipeline/resume", new { });
        using var refused = await SendAsync(worker, "viewer-key-0123456", "POST", "/pipeline/pause", new { });

        const string Pipeline = TestPipeline.Name;
        Assert.Equal(
            [
                $"api:night-shift run.request {Pipeline} 2026-01-05", $"api:night-shift run.clear {Pipeline} 2026-01-05",
                $"api:night-shift run.cancel {Pipeline} 2026-01-05..2026-01-06", $"api:night-shift backfill.request {Pipeline} 2026-01-05..2026-01-06",
                $"api:api-key pipeline.pause {Pipeline}", $"api:maria pipeline.resume {Pipeline}",
            ],
            await pipeline.AuditAsync());
        using var answer = await SendAsync(worker, "admin-key-01234567", "GET", "/audit?action=run&limit=2", null);
        var entries = (await answer.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("entries").EnumerateArray().ToList();
        Assert.Equal(["run.cancel late files", "run.clear load_a"], entries.Select(entry =>
            $"{entry.GetProperty("action")} {(entry.GetProperty("detail").TryGetProperty("why", out var why) ? why : entry.GetProperty("detail").GetProperty("task"))}"));

        async Task DoAsync(string key, string method, string path, object body)
        {
            using var response = await SendAsync(worker, key, method, path, body);
            response.EnsureSuccessStatusCode();
        }
    }

    [Theory]
    [InlineData("update meta.audit set who = 'somebody else'")]
    [InlineData("delete from meta.audit")]
    [InlineData("truncate meta.audit")]
    public async Task Audit_ChangedOrDeleted_IsRefusedByTheDatabase(string sql)
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await pipeline.Pause().PauseAsync(TestPipeline.Name, "maria@host", null, Token);

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => pipeline.QueryAsync(sql));

        Assert.Contains("append-only", refusal.MessageText, StringComparison.Ordinal);
        Assert.Single(await pipeline.AuditAsync());
    }

    [Fact]
    public async Task Keys_ThatCannotBeTold_AreAllNamedAtTheStart()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);

        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() => TestWorker.StartAsync(pipeline, settings:
        [
            ("Operator:Keys:0:Name", "api-key"), ("Operator:Keys:0:Role", "admin"), ("Operator:Keys:0:Key", "0123456789abcdef"),
            ("Operator:Keys:1:Name", "b"), ("Operator:Keys:1:Role", "root"), ("Operator:Keys:1:Key", "short"),
            ("Operator:Keys:2:Name", "b"), ("Operator:Keys:2:Role", "viewer"), ("Operator:Keys:2:Key", "0123456789abcdef"),
        ]));

        Assert.All(
            ["Operator:Keys:0:Name", "Operator:Keys:1:Role", "Operator:Keys:1:Key", "Operator:Keys:2:Name", "Operator:Keys:2:Key"],
            place => Assert.Contains(place, fault.Message, StringComparison.Ordinal));
    }

    private static async Task<HttpResponseMessage> SendAsync(TestWorker worker, string key, string method, string path, object? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"/api/v1{path}") { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Add("X-Api-Key", key);
        return await worker.Http.SendAsync(request, Token);
    }
}
