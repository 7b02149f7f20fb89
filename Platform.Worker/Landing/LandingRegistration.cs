using Azure.Storage.Blobs;
using Microsoft.Extensions.Options;

namespace Platform.Worker.Landing;

internal static class LandingRegistration
{
    /// <summary>The landing zone and its reader. The blob container comes from the service defaults.</summary>
    public static IHostApplicationBuilder AddLanding(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<LandingZone>();
        builder.Services.AddOptions<LandingOptions>().BindConfiguration(LandingOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton(provider => new PartitionReader(
            provider.GetRequiredService<BlobContainerClient>(), provider.GetRequiredService<IOptions<LandingOptions>>().Value));
        builder.Services.AddSingleton<PartitionArrivals>();
        return builder;
    }
}
