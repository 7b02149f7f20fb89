using Microsoft.Extensions.DependencyInjection.Extensions;
using Platform.Worker.Loading.Quarantine;

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
        builder.Services.AddSingleton<PartitionRetirement>();
        return builder.AddQuarantine();
    }

    /// <summary>The work on quarantined rows. Needs the contracts and the warehouse.</summary>
    public static IHostApplicationBuilder AddQuarantine(this IHostApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<QuarantineReader>();
        builder.Services.AddSingleton<QuarantinePartitions>();
        builder.Services.AddSingleton<QuarantineExport>();
        builder.Services.AddSingleton<QuarantineFix>();
        builder.Services.AddSingleton<QuarantineReplay>();
        builder.Services.AddSingleton<QuarantineDiscard>();
        return builder;
    }
}
