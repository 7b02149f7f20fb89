using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Platform.Worker.Tests.Periods;

/// <summary>What the metrics API is to the Worker: an address that answers saved queries to keys of <c>meta.access_key</c>, on a loopback socket.</summary>
internal sealed class AnsweringApi : IAsyncDisposable
{
    private readonly WebApplication app;

    private AnsweringApi(WebApplication app) => this.app = app;

    public Uri Address => new(app.Urls.Single());

    /// <summary>Every address that was asked for.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>The rows of a saved query, as JSON.</summary>
    public Func<string, string> Rows { get; set; } = _ => """[["2026-01-01", 10.50]]""";

    /// <summary>The publication that an answer names, given the current one.</summary>
    public Func<long, long> Publication { get; set; } = current => current;

    /// <summary>The status of answers; other than 200 they are problem details.</summary>
    public int Status { get; set; } = 200;

    public static async Task<AnsweringApi> StartAsync(NpgsqlDataSource warehouse)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var api = new AnsweringApi(app);
        app.MapGet("/api/v1/saved-queries/{name}/query", async (string name, HttpContext context) =>
        {
            api.Asked.Enqueue($"{context.Request.Path}{context.Request.QueryString}");
            if (!await IsGoodAsync(warehouse, context.Request.Headers["X-Api-Key"].ToString()))
            {
                return Results.Problem("The key that was sent is not known.", statusCode: 401);
            }

            if (api.Status != 200)
            {
                return Results.Problem("It is as it is.", statusCode: api.Status);
            }

            var rows = api.Rows(name);
            await using var command = warehouse.CreateCommand("select publication_id from meta.publication where is_current");
            var publication = api.Publication((long)(await command.ExecuteScalarAsync())!);
            return Results.Text(
                $$$"""
                {"columns": [{"name": "metric_time__month", "type": "date", "unit": null, "label": null}, {"name": "revenue", "type": "decimal", "unit": "EUR", "label": "Revenue"}],
                 "rows": {{{rows}}}, "receipt": "{{{publication}}}.{{{name}}}", "published": {"publication_id": {{{publication}}} } }
                """,
                "application/json");
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return api;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    /// <summary>Whether the key is one that may read everything now.</summary>
    private static async Task<bool> IsGoodAsync(NpgsqlDataSource warehouse, string secret)
    {
        await using var command = warehouse.CreateCommand(
            "select exists (select from meta.access_key where hash = $1 and revoked_at is null and domains is null and metrics is null and row_rules = '{}')");
        command.Parameters.AddWithValue(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
        return (bool)(await command.ExecuteScalarAsync())!;
    }
}
