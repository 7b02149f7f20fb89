using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Platform.Worker.Tests.Pipeline.Lineage;

/// <summary>An HTTP server that takes OpenLineage events, as Marquez does, and keeps them.</summary>
internal sealed class LineageReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private LineageReceiver(WebApplication app)
    {
        _app = app;
        app.MapPost("/api/v1/lineage", TakeAsync);
    }

    public Uri Endpoint => new($"{_app.Urls.Single()}/api/v1/lineage");

    /// <summary>The events taken, in the order in which they came.</summary>
    public ConcurrentQueue<JsonObject> Events { get; } = new();

    /// <summary>The <c>Authorization</c> of every request.</summary>
    public ConcurrentQueue<string> Authorizations { get; } = new();

    /// <summary>What the next requests are answered instead of 201.</summary>
    public ConcurrentQueue<HttpStatusCode> Refusals { get; } = new();

    public static async Task<LineageReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var receiver = new LineageReceiver(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        Authorizations.Enqueue(context.Request.Headers.Authorization.ToString());
        if (Refusals.TryDequeue(out var refusal))
        {
            context.Response.StatusCode = (int)refusal;
            return;
        }

        Events.Enqueue((await JsonNode.ParseAsync(context.Request.Body))!.AsObject());
        context.Response.StatusCode = StatusCodes.Status201Created;
    }
}
