using Azure.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Platform.ServiceDefaults;

/// <summary>The warehouse's <see cref="NpgsqlDataSource"/>, registered the same whether Aspire's client package does it or not.</summary>
public static class WarehouseDataSource
{
    /// <summary>Scope of tokens for Azure Database for PostgreSQL.</summary>
    private const string TokenScope = "https://ossrdbms-aad.database.windows.net/.default";

    // Tokens live for an hour at least.
    private static readonly TimeSpan TokenRefresh = TimeSpan.FromMinutes(45);
    private static readonly TimeSpan TokenRetry = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Registers <see cref="NpgsqlDataSource"/> for the connection string <c>warehouse</c>, with a health check.
    /// A connection string without a password signs in with an Entra token, its user name being the identity's name in the database.
    /// </summary>
    public static TBuilder AddWarehouseDataSource<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        var applicationName = builder.Environment.ApplicationName;
#if USE_ASPIRE
        // Telemetry lists Npgsql's sources already.
        builder.AddNpgsqlDataSource(
            WarehouseNames.Connection,
            settings =>
            {
                settings.DisableMetrics = true;
                settings.DisableTracing = true;
            },
            dataSource => Configure(dataSource, applicationName));
#else
        // The connection string is read when the data source is made: configuration is complete only then.
        builder.Services.AddNpgsqlDataSource(string.Empty, (services, dataSource) =>
        {
            dataSource.ConnectionStringBuilder.ConnectionString =
                services.GetRequiredService<IConfiguration>().GetConnectionString(WarehouseNames.Connection)
                ?? throw new InvalidOperationException(
                    $"ConnectionStrings:{WarehouseNames.Connection} is not set. Start through Platform.AppHost, or set the environment variable "
                    + $"ConnectionStrings__{WarehouseNames.Connection} to a PostgreSQL connection string.");
            Configure(dataSource, applicationName);
        });
        builder.Services.AddHealthChecks().AddCheck<WarehouseHealthCheck>(WarehouseNames.Connection, timeout: TimeSpan.FromSeconds(5));
#endif
        return builder;
    }

    /// <summary>The same data source without a host around it.</summary>
    public static NpgsqlDataSource Create(string connectionString, string applicationName = "platform-worker")
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        Configure(builder, applicationName);
        return builder.Build();
    }

    private static void Configure(NpgsqlDataSourceBuilder dataSource, string applicationName)
    {
        dataSource.Name = WarehouseNames.Connection;
        dataSource.ConnectionStringBuilder.ApplicationName ??= applicationName;
        if (string.IsNullOrEmpty(dataSource.ConnectionStringBuilder.Password))
        {
            dataSource.UsePeriodicPasswordProvider(
                async (_, cancellationToken) =>
                    (await AzureCredential.Default.GetTokenAsync(new TokenRequestContext([TokenScope]), cancellationToken)).Token,
                TokenRefresh,
                TokenRetry);
        }
    }

#if !USE_ASPIRE
    private sealed class WarehouseHealthCheck(NpgsqlDataSource warehouse) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await using var command = warehouse.CreateCommand("SELECT 1");
                await command.ExecuteScalarAsync(cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (NpgsqlException exception)
            {
                return new HealthCheckResult(context.Registration.FailureStatus, "The warehouse does not answer.", exception);
            }
        }
    }
#endif
}
