using System.Net;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Retry;

namespace Platform.Worker.Pipeline.Lineage;

/// <summary>Posts an event to the receiver, and again when that may help: no answer, 408, 429, 5xx.</summary>
internal sealed class LineageClient : IDisposable
{
    private readonly LineageOptions _options;
    private readonly ResiliencePipeline<string?> _retry;

    // Of its own: the retries of every other client would come on top of these.
    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) });

    public LineageClient(IOptions<LineageOptions> options, TimeProvider clock)
    {
        _options = options.Value;
        _http.Timeout = _options.RequestTimeout;
        if (_options.ApiKey is { Length: > 0 } key)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        _retry = _options.MaxRetries == 0 ? ResiliencePipeline<string?>.Empty : new ResiliencePipelineBuilder<string?> { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions<string?>
            {
                MaxRetryAttempts = _options.MaxRetries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = _options.RetryDelay,
                ShouldHandle = outcome => ValueTask.FromResult(
                    outcome.Outcome.Exception is LineageUnavailableException && !outcome.Context.CancellationToken.IsCancellationRequested),
            })
            .Build();
    }

    /// <returns>Why the event was not taken; null when it was.</returns>
    public async Task<string?> SendAsync(JsonObject told, CancellationToken cancellationToken)
    {
        var json = told.ToJsonString();
        try
        {
            return await _retry.ExecuteAsync(async token => await PostAsync(json, token), cancellationToken);
        }
        catch (LineageUnavailableException exception)
        {
            return exception.Message;
        }
    }

    public void Dispose() => _http.Dispose();

    /// <returns>Why the receiver refuses the event for good; null when it took it.</returns>
    private async Task<string?> PostAsync(string json, CancellationToken cancellationToken)
    {
        try
        {
            using var content = new StringContent(json, Encoding.UTF8, MediaTypeNames.Application.Json);
            using var response = await _http.PostAsync(_options.Endpoint, content, cancellationToken);
            return response.StatusCode switch
            {
                _ when response.IsSuccessStatusCode => null,
                HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError =>
                    throw new LineageUnavailableException($"it answered {(int)response.StatusCode}"),
                _ => $"it answered {(int)response.StatusCode} {response.ReasonPhrase}",
            };
        }
        catch (HttpRequestException exception)
        {
            throw new LineageUnavailableException(exception.Message, exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LineageUnavailableException($"no answer in {_options.RequestTimeout}", exception);
        }
    }

    private sealed class LineageUnavailableException(string message, Exception? cause = null) : Exception(message, cause);
}
