using System.Reflection;
using DbUp;
using DbUp.Postgresql;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.ServiceDefaults;

namespace Platform.Worker.Warehouse;

/// <summary>
/// Brings the database up to this program's version: schema <c>meta</c> and the other schemas, the reading roles, their grants.
/// Safe when several processes start at once: one migrates, the others wait and find nothing to do.
/// </summary>
internal sealed class MigrationRunner(
    NpgsqlDataSource dataSource, IOptions<WarehouseOptions> options, ILogger<MigrationRunner> logger)
{
    private const string LockName = "platform.migrations";
    private const string JournalTable = "migration";

    /// <exception cref="ConfigurationFaultException">A migration script failed; nothing of that script was applied.</exception>
    /// <exception cref="NpgsqlException">The server does not answer or refuses the roles.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var held = await AdvisoryLock.AcquireAsync(dataSource, LockName, cancellationToken);
        var connection = held.Connection;

        // dbup's journal lives in meta, so meta is there before the first script.
        await using (var create = new NpgsqlCommand($"create schema if not exists {Sql.Identifier(WarehouseNames.Meta)}", connection))
        {
            await create.ExecuteNonQueryAsync(cancellationToken);
        }

        // dbup knows only synchronous calls.
        await Task.Run(Upgrade, cancellationToken);

        await Roles.EnsureAsync(connection, WarehouseNames.ApiRole, options.Value.ApiPassword, cancellationToken);
        await Roles.EnsureAsync(connection, WarehouseNames.BiReaderRole, options.Value.BiReaderPassword, cancellationToken);
        await MapToEntraAsync(connection, cancellationToken);
        await Grants.ApplyAsync(connection, cancellationToken);
    }

    private async Task MapToEntraAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (options.Value.ApiObjectId is { } api)
        {
            await Roles.MapToEntraAsync(connection, WarehouseNames.ApiRole, EntraPrincipal.Service(api), cancellationToken);
        }

        if (options.Value.BiReaderObjectId is { } readers)
        {
            await Roles.MapToEntraAsync(connection, WarehouseNames.BiReaderRole, EntraPrincipal.Group(readers), cancellationToken);
        }
    }

    private void Upgrade()
    {
        var result = DeployChanges.To
            .PostgresqlDatabase(new PostgresqlConnectionManager(dataSource))
            .WithScriptsEmbeddedInAssembly(Assembly.GetExecutingAssembly(), name => name.Contains(".Migrations.", StringComparison.Ordinal))
            .JournalToPostgresqlTable(WarehouseNames.Meta, JournalTable)
            .WithTransactionPerScript()
            .WithVariablesDisabled()
            .LogTo(new MigrationLog(logger))
            .Build()
            .PerformUpgrade();

        if (!result.Successful)
        {
            throw new ConfigurationFaultException(
                $"Migration {result.ErrorScript?.Name ?? "(before the first script)"} failed: {result.Error.Message} " +
                $"Nothing of it was applied; correct the database or the script and start again.", result.Error);
        }
    }
}
