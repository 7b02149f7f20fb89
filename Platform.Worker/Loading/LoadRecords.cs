using Npgsql;
using NpgsqlTypes;
using Platform.Worker.Contracts;
using Platform.Worker.Landing;
using Platform.Worker.Loading.Quarantine;

namespace Platform.Worker.Loading;

/// <summary>A row of <c>meta.partition_load</c> as the loader needs it.</summary>
internal sealed record LoadRecord(
    long LoadId, string ContentSha256, string ContractSha256, long[] ReferenceLoads, long FileRows, long LoadedRows, long QuarantinedRows)
{
    /// <summary>Whether something was decided about its quarantined lines that its facts do not have yet.</summary>
    public bool HasNewDecisions { get; init; }

    /// <summary>Whether it is a load of this content under this contract.</summary>
    public bool IsOf(string content, DatasetContract contract) => ContentSha256 == content && ContractSha256 == contract.Sha256;
}

/// <summary>Reads and writes <c>meta.partition_load</c> within the load's transaction.</summary>
internal sealed class LoadRecords(NpgsqlConnection connection, DateOnly partition)
{
    /// <summary>The current loads of the partition, by domain and dataset.</summary>
    public async Task<Dictionary<(string Domain, string Dataset), LoadRecord>> CurrentAsync(
        IEnumerable<string> domains, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select domain, dataset, load_id, content_sha256, contract_sha256, reference_loads, file_rows, loaded_rows, quarantined_rows,
                {RememberedDecisions.AreNew("l")}
            from meta.partition_load l where current and partition = $1 and domain = any ($2)
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = partition });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. domains] });
        var loads = new Dictionary<(string Domain, string Dataset), LoadRecord>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            loads[(reader.GetString(0), reader.GetString(1))] = new LoadRecord(
                reader.GetInt64(2), reader.GetString(3), reader.GetString(4), reader.GetFieldValue<long[]>(5), reader.GetInt64(6),
                reader.GetInt64(7), reader.GetInt64(8))
            {
                HasNewDecisions = reader.GetBoolean(9),
            };
        }

        return loads;
    }

    /// <summary>Makes a new load current, with its counts to come, and returns its id.</summary>
    public async Task<long> StartAsync(
        DatasetContract contract, IReadOnlyList<ManifestFile> files, long[] referenceLoads, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        var earlier = new NpgsqlBatchCommand(
            "update meta.partition_load set current = false where current and domain = $1 and dataset = $2 and partition = $3");
        earlier.Parameters.Add(new NpgsqlParameter<string> { TypedValue = contract.Domain });
        earlier.Parameters.Add(new NpgsqlParameter<string> { TypedValue = contract.Dataset });
        earlier.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = partition });
        var started = new NpgsqlBatchCommand(
            """
            insert into meta.partition_load (domain, dataset, partition, file, content_sha256, contract_version, contract_sha256,
                reference_loads, file_rows, loaded_rows, quarantined_rows, started_at, loaded_at, current)
            values ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, 0, $9, $9, true)
            returning load_id
            """);
        started.Parameters.Add(new NpgsqlParameter<string> { TypedValue = contract.Domain });
        started.Parameters.Add(new NpgsqlParameter<string> { TypedValue = contract.Dataset });
        started.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = partition });
        started.Parameters.Add(new NpgsqlParameter<string>
        {
            TypedValue = string.Join(", ", files.Select(file => $"{LandingPath.For(contract.Domain, partition)}/{file.Name}")),
        });
        started.Parameters.Add(new NpgsqlParameter<string> { TypedValue = LoadedFile.ContentSha256(files) });
        started.Parameters.Add(new NpgsqlParameter<string> { TypedValue = contract.Version });
        started.Parameters.Add(new NpgsqlParameter<string> { TypedValue = contract.Sha256 });
        started.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = referenceLoads });
        started.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        batch.BatchCommands.Add(earlier);
        batch.BatchCommands.Add(started);
        return (long)(await batch.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Writes the counts and sums of a load that ties out.</summary>
    public async Task CompleteAsync(
        long loadId, DatasetContract contract, Reconciliation result, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            update meta.partition_load
            set file_rows = $2, loaded_rows = $3, quarantined_rows = $4, control_sums = $5, files = $6, loaded_at = $7,
                replayed_rows = $8, discarded_rows = $9
            where load_id = $1
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = loadId });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = result.FileRows });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = result.LoadedRows });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = result.QuarantinedRows });
        command.Parameters.Add(new NpgsqlParameter { Value = result.ControlSumsJson(contract), NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new NpgsqlParameter { Value = LoadedFile.Json(result.Files), NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = result.ReplayedRows });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = result.DiscardedRows });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
