using Npgsql;
using NpgsqlTypes;
using Platform.Worker.Contracts;
using Platform.Worker.Landing;

namespace Platform.Worker.Loading;

/// <summary>A partition that is older than its contract keeps it, and what of it was removed.</summary>
internal sealed record RetiredPartition(string Domain, string Dataset, DateOnly DataDate)
{
    public long FactRows { get; init; }

    public long QuarantinedRows { get; init; }

    /// <summary>Files of the landing zone.</summary>
    public int Files { get; init; }
}

/// <summary>
/// Removes partitions older than the <c>retention</c> of their contract: landed files, facts and quarantined rows. What was published stays, and so do
/// the records of loads; <c>meta.retired_partition</c> tells what was removed.
/// </summary>
internal sealed class PartitionRetirement(ContractCatalog contracts, LandingZone landing, NpgsqlDataSource dataSource, TimeProvider time)
{
    /// <summary>The partitions that are due, oldest first: older than the newest loaded one by more days than the contract keeps.</summary>
    public async Task<IReadOnlyList<RetiredPartition>> DueAsync(CancellationToken cancellationToken)
    {
        var due = new List<RetiredPartition>();
        foreach (var domain in contracts.Domains.Where(domain => domain.Datasets.Any(contract => contract.ServiceLevel.RetentionDays is not null)))
        {
            var landed = await landing.FilesAsync(domain.Name, cancellationToken);
            foreach (var contract in domain.Datasets.Where(contract => contract.ServiceLevel.RetentionDays is not null))
            {
                if (await NewestAsync(contract, cancellationToken) is { } newest)
                {
                    var kept = newest.AddDays(-contract.ServiceLevel.RetentionDays!.Value);
                    var dates = (await HeldAsync(contract, kept, cancellationToken))
                        .Concat(landed.Where(file => file.Dataset == contract.Dataset && file.Date < kept).Select(file => file.Date)).Distinct();
                    due.AddRange(dates.Select(date => new RetiredPartition(domain.Name, contract.Dataset, date)));
                }
            }
        }

        return [.. due.OrderBy(partition => partition.DataDate)];
    }

    /// <summary>Removes one: the files first, so that what is removed half is not loaded again.</summary>
    /// <param name="due">What <see cref="DueAsync"/> gave.</param>
    /// <param name="who">The operator who asks for it, for the audit log; null when it is the daily job.</param>
    public async Task<RetiredPartition> RetireAsync(RetiredPartition due, string? who, CancellationToken cancellationToken)
    {
        var domain = contracts.Domain(due.Domain);
        var contract = domain.Datasets.First(item => item.Dataset == due.Dataset);
        var files = await landing.RemoveAsync(due.Domain, due.DataDate, due.Dataset, cancellationToken);

        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await PartitionLock.AcquireAsync(connection, domain, due.DataDate, cancellationToken);
        var facts = await PartitionWithdrawal.TakeOutAsync(connection, contract, due.DataDate, cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            with load as (
                update meta.partition_load set current = false where domain = $1 and dataset = $2 and partition = $3 and current),
            correction as (
                delete from meta.quarantine_correction where domain = $1 and dataset = $2 and partition = $3),
            file as (
                delete from meta.quarantine_file where load_id in (
                    select load_id from meta.partition_load where domain = $1 and dataset = $2 and partition = $3)),
            line as (
                delete from meta.quarantine where load_id in (
                    select load_id from meta.partition_load where domain = $1 and dataset = $2 and partition = $3)
                returning state)
            insert into meta.retired_partition (domain, dataset, data_date, retired_at, retention_days, fact_rows, quarantined_rows, files, retired_by)
            select $1, $2, $3, $4, $5, $6, count(*) filter (where state not in ('superseded', 'replayed')), $7, $8 from line
            returning quarantined_rows
            """,
            connection) { CommandTimeout = 0 };
        Add(command, contract);
        command.Parameters.Add(Date(due.DataDate));
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = contract.ServiceLevel.RetentionDays!.Value });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = facts });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = files });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)who ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        var quarantined = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        await transaction.CommitAsync(cancellationToken);
        return due with { FactRows = facts, QuarantinedRows = quarantined, Files = files };
    }

    private async Task<DateOnly?> NewestAsync(DatasetContract contract, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            "select max(partition) from meta.partition_load where current and domain = $1 and dataset = $2");
        Add(command, contract);
        return await command.ExecuteScalarAsync(cancellationToken) as DateOnly?;
    }

    private async Task<List<DateOnly>> HeldAsync(DatasetContract contract, DateOnly before, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            select partition from meta.partition_load where current and domain = $1 and dataset = $2 and partition < $3
            union select partition from meta.quarantine where domain = $1 and dataset = $2 and partition < $3
            """);
        Add(command, contract);
        command.Parameters.Add(Date(before));
        var dates = new List<DateOnly>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            dates.Add(reader.GetFieldValue<DateOnly>(0));
        }

        return dates;
    }

    private static void Add(NpgsqlCommand command, DatasetContract contract)
    {
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = contract.Domain });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = contract.Dataset });
    }

    private static NpgsqlParameter<DateOnly> Date(DateOnly date) => new() { TypedValue = date, NpgsqlDbType = NpgsqlDbType.Date };
}
