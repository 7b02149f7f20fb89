using Microsoft.Extensions.Options;

namespace Platform.Worker.Contracts;

internal static class ContractRegistration
{
    /// <summary>Folder of the built-in contracts beside the program.</summary>
    private static readonly string BuiltIn = Path.Combine(AppContext.BaseDirectory, "Sources");

    /// <summary>The catalogue of the built-in contracts and of those in <see cref="ContractOptions.Directories"/>.</summary>
    public static IHostApplicationBuilder AddContracts(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ContractOptions>().BindConfiguration(ContractOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton(provider => Load(provider.GetRequiredService<IOptions<ContractOptions>>().Value));
        return builder;
    }

    /// <exception cref="ContractException">Anything is wrong in any file or folder; it carries all errors.</exception>
    public static ContractCatalog Load(ContractOptions options) => ContractCatalog.Load([BuiltIn, .. options.Directories]);
}
