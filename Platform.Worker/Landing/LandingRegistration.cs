using Azure.Identity;
using Azure.Storage.Blobs;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Platform.Worker.Landing;

internal static class LandingRegistration
{
    /// <summary>The landing container, its writer and its reader.</summary>
    public static IHostApplicationBuilder AddLanding(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<LandingOptions>().BindConfiguration(LandingOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.TryAddSingleton(provider => Connect(provider.GetRequiredService<IConfiguration>()));
        builder.Services.AddSingleton(provider => provider.GetRequiredService<BlobServiceClient>()
            .GetBlobContainerClient(provider.GetRequiredService<IOptions<LandingOptions>>().Value.Container));
        builder.Services.AddSingleton<LandingZone>();
        builder.Services.AddSingleton<PartitionReader>();
        return builder;
    }

    private static BlobServiceClient Connect(IConfiguration configuration) => configuration.GetConnectionString(LandingOptions.Connection) switch
    {
        null or "" => throw new ConfigurationFaultException(
            $"The connection string '{LandingOptions.Connection}' is missing. Set ConnectionStrings__{LandingOptions.Connection} to an Azure Storage connection string or to the account's blob address."),
        var text when text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) => new BlobServiceClient(new Uri(text), new DefaultAzureCredential()),
        var text => new BlobServiceClient(text),
    };
}
