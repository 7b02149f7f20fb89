using Platform.ServiceDefaults;
using Platform.Worker.Contracts;
using Platform.Worker.Transform;

namespace Platform.Worker.Operate.Cli.Transform;

/// <summary>The Worker's settings that a verb needs, read without starting a host.</summary>
internal sealed record PlatformSettings(TransformOptions Transform, ContractOptions Contracts, string? Warehouse)
{
    private static readonly Lazy<PlatformSettings> Shared = new(Read);

    public static PlatformSettings Load() => Shared.Value;

    private static PlatformSettings Read()
    {
        var configuration = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true)
            .AddEnvironmentVariables()
            .Build();
        return new PlatformSettings(
            configuration.GetSection(TransformOptions.Section).Get<TransformOptions>() ?? new TransformOptions(),
            configuration.GetSection(ContractOptions.Section).Get<ContractOptions>() ?? new ContractOptions(),
            configuration.GetConnectionString(WarehouseNames.Connection));
    }
}
