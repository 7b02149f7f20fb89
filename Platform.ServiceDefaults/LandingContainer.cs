using System.Data.Common;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Platform.ServiceDefaults;

/// <summary>The landing zone's <see cref="BlobContainerClient"/>.</summary>
public static class LandingContainer
{
    /// <summary>Registers <see cref="BlobContainerClient"/> for the connection string <c>landing</c>; see <see cref="Client"/> for its forms.</summary>
    public static TBuilder AddLandingContainer<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        // Configuration is complete when the client is first asked for, not before.
        builder.Services.AddSingleton(services =>
        {
            var configuration = services.GetRequiredService<IConfiguration>();
            var connectionString = configuration.GetConnectionString(LandingNames.Connection)
                ?? throw new InvalidOperationException(
                    $"ConnectionStrings:{LandingNames.Connection} is not set. Start through Platform.AppHost, or set the environment variable "
                    + $"ConnectionStrings__{LandingNames.Connection} to a storage connection string or to the https address of a blob account.");
            return Client(connectionString, configuration[LandingNames.ContainerKey]);
        });
        return builder;
    }

    /// <summary>The container that a connection string names.</summary>
    /// <param name="connectionString">
    /// A storage account's connection string (Azure Storage or Azurite); the https address of a blob account, signed in to with Entra; or
    /// either as <c>Endpoint=...;ContainerName=...</c>, the form in which Aspire passes a container.
    /// </param>
    /// <param name="container">The container's name; goes before the connection string's. Default <c>landing</c>.</param>
    internal static BlobContainerClient Client(string connectionString, string? container)
    {
        var account = connectionString;
        if (connectionString.StartsWith("Endpoint=", StringComparison.OrdinalIgnoreCase))
        {
            var parts = new DbConnectionStringBuilder { ConnectionString = connectionString };
            account = (string)parts["Endpoint"];
            container ??= parts.TryGetValue("ContainerName", out var named) ? (string)named : null;
        }

        container ??= LandingNames.Container;
        return Uri.TryCreate(account, UriKind.Absolute, out var address)
            ? new BlobServiceClient(address, AzureCredential.Default).GetBlobContainerClient(container)
            : new BlobContainerClient(account, container);
    }
}
