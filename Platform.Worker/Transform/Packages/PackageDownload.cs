using System.Net;
using Polly;
using Polly.Retry;

namespace Platform.Worker.Transform.Packages;

/// <summary>HTTP for the hub and for tarballs: tried five times when the server or the way to it is at fault.</summary>
internal sealed class PackageDownload(HttpClient client, TimeProvider time, Func<string, string> scrub)
{
    private readonly ResiliencePipeline _retry = new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = 4,
            Delay = TimeSpan.FromSeconds(1),
            ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception switch
            {
                HttpRequestException { StatusCode: { } status } => status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500,
                HttpRequestException or IOException => true,
                TaskCanceledException { InnerException: TimeoutException } => true,
                _ => false,
            }),
        })
        .Build();

    /// <summary>The whole content, in memory: packages are small.</summary>
    /// <exception cref="TransformException">There is nothing at the address, or no answer.</exception>
    public async Task<Stream> OpenAsync(Uri url, string package, SourceLocation at, CancellationToken cancellationToken)
    {
        try
        {
            return await _retry.ExecuteAsync(
                async token => new MemoryStream(await client.GetByteArrayAsync(url, token)), cancellationToken);
        }
        catch (HttpRequestException fault)
        {
            throw Failed(fault);
        }
        catch (TaskCanceledException fault) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed(fault);
        }

        TransformException Failed(Exception fault) => new(
            at, scrub($"the package '{package}' cannot be fetched from {url}: {fault.Message} Check the address, and that this machine reaches it."), fault);
    }
}
