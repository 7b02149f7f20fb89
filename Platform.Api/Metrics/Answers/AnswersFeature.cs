using System.IO.Compression;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using Platform.Metrics.Query;

namespace Platform.Api.Metrics.Answers;

internal static class AnswersFeature
{
    // Parquet is compressed already.
    private static readonly string[] Compressed =
    [
        "text/csv", "text/html", "text/css", "text/javascript", "text/plain", "application/json", "application/problem+json", "application/xml",
        "application/vnd.apache.arrow.stream",
    ];

    public static IServiceCollection AddAnswers(this IServiceCollection services)
    {
        services.AddSingleton<PublicationWatch>();
        services.AddSingleton<AnswerReader>();
        services.AddSingleton<AnswerSender>();
        services.AddSingleton<ReadAudit>();
        services.AddMemoryCache();
        services.AddOptions<MemoryCacheOptions>().Configure<IOptions<QueryOptions>>((memory, query) => memory.SizeLimit = query.Value.CacheBytes);
        services.AddHybridCache().AddSerializer<KeptAnswer, KeptAnswerSerializer>();
        services.AddOptions<HybridCacheOptions>().Configure<IOptions<QueryOptions>>((cache, query) => cache.MaximumPayloadBytes = query.Value.CacheAnswerBytes);

        // Nothing here is both secret and chosen by the attacker, so compression over HTTPS tells nothing.
        services.AddResponseCompression(options =>
        {
            options.EnableForHttps = true;
            options.MimeTypes = Compressed;
        });
        services.Configure<BrotliCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
        services.Configure<GzipCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
        return services;
    }
}
