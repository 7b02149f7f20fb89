using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace Platform.Api.Access;

/// <summary>How often a reader may ask; who is not let in does not get here, and health may be asked by all.</summary>
internal static class RateLimits
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    public static void Configure(RateLimiterOptions limiter, IOptions<AccessOptions> options)
    {
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, (string Name, int Rate)>(context =>
        {
            if (context.User.Identity is not { IsAuthenticated: true, Name: { } name })
            {
                return RateLimitPartition.GetNoLimiter((Name: "", Rate: 0));
            }

            var rate = Reader.RequestsPerMinute(context.User) ?? options.Value.RequestsPerMinute;
            if (rate == 0)
            {
                return RateLimitPartition.GetNoLimiter((Name: "", Rate: 0));
            }

            return RateLimitPartition.GetSlidingWindowLimiter((Name: name, Rate: rate), static partition => new SlidingWindowRateLimiterOptions
            {
                PermitLimit = partition.Rate, Window = Window, SegmentsPerWindow = 6, AutoReplenishment = true,
            });
        });
        limiter.OnRejected = async (context, _) =>
        {
            var after = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromSeconds(10);
            context.HttpContext.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(after.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            await Results.Problem(
                statusCode: StatusCodes.Status429TooManyRequests,
                type: "urn:platform:problem:too-many-requests",
                title: "Too many requests",
                detail: "This key asks more often than it may in a minute. Wait as Retry-After says; answers with an ETag need not be asked for again in full.")
                .ExecuteAsync(context.HttpContext);
        };
    }
}
