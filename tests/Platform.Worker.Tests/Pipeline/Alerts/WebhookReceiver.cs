using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Platform.Worker.Tests.Pipeline.Alerts;

/// <summary>A request that a webhook got.</summary>
internal sealed record WebhookRequest(string Path, string? Authorization, string? ContentType, JsonElement Body);

/// <summary>An HTTP server that takes webhooks and keeps what it is sent.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WebhookReceiver(WebApplication app)
    {
        _app = app;
        app.MapPost("/{**path}", TakeAsync);
    }

    public Uri Url => new($"{_app.Urls.Single()}/services/T0/secret-of-the-address");

    /// <summary>The requests that were taken, in the order in which they came.</summary>
    public ConcurrentQueue<WebhookRequest> Taken { get; } = new();

    /// <summary>How the next requests are answered instead.</summary>
    public ConcurrentQueue<Func<HttpContext, Task>> Refusals { get; } = new();

    /// <summary>The ids in the messages of kind json that were taken.</summary>
    public IReadOnlyList<long> Ids =>
        [.. Taken.SelectMany(request => request.Body.GetProperty("alerts").EnumerateArray()).Select(alert => alert.GetProperty("id").GetInt64())];

    /// <summary>The titles in the messages of kind json that were taken.</summary>
    public IReadOnlyList<string> Titles =>
        [.. Taken.SelectMany(request => request.Body.GetProperty("alerts").EnumerateArray()).Select(alert => alert.GetProperty("title").GetString()!)];

    public static async Task<WebhookReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new WebhookReceiver(builder.Build());
        await receiver._app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    public void Refuse(int status) => Refusals.Enqueue(context =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    });

    /// <summary>Does not answer until the sender hangs up.</summary>
    public void Hang() => Refusals.Enqueue(async context =>
    {
        var gone = new TaskCompletionSource();
        await using var registration = context.RequestAborted.Register(gone.SetResult);
        await gone.Task;
    });

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body);
        if (Refusals.TryDequeue(out var refuse))
        {
            await refuse(context);
            return;
        }
        Taken.Enqueue(new(context.Request.Path, context.Request.Headers.Authorization, context.Request.ContentType, body.RootElement.Clone()));
    }
}
