using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Platform.Worker.Loading;

internal static class LoadingRegistration
{
    /// <summary>The partition loader. Needs the contracts, the landing zone and the warehouse.</summary>
    public static IHostApplicationBuilder AddLoading(this IHostApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<LoadingTelemetry>();
        builder.Services.AddSingleton<PartitionLoader>();
        builder.Services.AddSingleton<PartitionWithdrawal>();
        return builder;
    }
}
