using System.Globalization;
using Npgsql;
using Platform.Worker.Contracts;

namespace Platform.Worker.Loading;

/// <summary>
/// Locks a domain's partition against everyone else who changes its facts, and those that it refers to against replacement, until the transaction
/// ends, and sets how the transaction plans. Domains depend on each other in one direction only, so that two holders cannot wait for each other.
/// </summary>
internal static class PartitionLock
{
    public static async Task AcquireAsync(NpgsqlConnection connection, Domain domain, DateOnly date, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection) { Timeout = 0 };
        // A load may bring rows to the dates before its own; everyone locks them newest first.
        for (var days = 0; days <= domain.Datasets.Max(contract => contract.Policy.LateDays); days++)
        {
            batch.BatchCommands.Add(Lock("pg_advisory_xact_lock", domain.Name, date.AddDays(-days)));
        }

        foreach (var name in domain.DependsOn)
        {
            batch.BatchCommands.Add(Lock("pg_advisory_xact_lock_shared", name, date));
        }

        // The planner knows nothing of rows copied a moment ago and would look each one up in an index.
        batch.BatchCommands.Add(new NpgsqlBatchCommand("set local enable_nestloop = off"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("set local work_mem = '64MB'"));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Locks the partition against everyone else who changes its facts, unless someone does already.</summary>
    public static async Task<bool> TryAcquireAsync(NpgsqlConnection connection, Domain domain, DateOnly date)
    {
        await using var command = new NpgsqlCommand("select pg_try_advisory_xact_lock(hashtextextended($1, 0))", connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Name(domain.Name, date) });
        return (bool)(await command.ExecuteScalarAsync())!;
    }

    private static NpgsqlBatchCommand Lock(string function, string domain, DateOnly date)
    {
        var command = new NpgsqlBatchCommand($"select {function}(hashtextextended($1, 0))");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Name(domain, date) });
        return command;
    }

    private static string Name(string domain, DateOnly date) => string.Create(CultureInfo.InvariantCulture, $"platform.load.{domain}.{date:yyyyMMdd}");
}
