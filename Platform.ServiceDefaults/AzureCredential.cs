using Azure.Core;
using Azure.Identity;

namespace Platform.ServiceDefaults;

/// <summary>The identity with which this process signs in to Azure, made when first needed.</summary>
internal static class AzureCredential
{
    private static readonly Lazy<TokenCredential> Shared = new(() => new DefaultAzureCredential());

    public static TokenCredential Default => Shared.Value;
}
