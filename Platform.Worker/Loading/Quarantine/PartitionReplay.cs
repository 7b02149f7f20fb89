using System.Globalization;
using Npgsql;
using Platform.Worker.Contracts;
using Platform.Worker.Loading.Quality;

namespace Platform.Worker.Loading.Quarantine;

/// <summary>Replays rows of a domain's partition, dataset by dataset, within one transaction that holds the partition's lock.</summary>
internal sealed class PartitionReplay(
    NpgsqlConnection connection, DateOnly date, Dictionary<(string Domain, string Dataset), LoadRecord> current, DateTimeOffset now)
{
    private const int MostReasons = 1_000;

    private readonly PartitionTables _tables = new(connection, date);

    public long Replayed { get; private set; }

    /// <summary>Rows that were asked for.</summary>
    public long Asked { get; private set; }

    /// <summary>Of these, those that were refused again.</summary>
    public long Rejected { get; private set; }

    public List<ReplayReason> Reasons { get; } = [];

    /// <param name="contract">The dataset.</param>
    /// <param name="filter">Rows that are asked for.</param>
    /// <param name="waited">Columns whose references got rows just now: what was refused for them is tried again, too.</param>
    /// <param name="allOrNone">Whether one row that is asked for and refused again refuses the partition.</param>
    /// <param name="actor">Who replays, and why.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    /// <returns>Whether the facts got rows.</returns>
    /// <exception cref="PartitionFaultException">The partition cannot have these rows; the caller rolls back.</exception>
    public async Task<bool> RunAsync(
        DatasetContract contract, QuarantineFilter filter, string[] waited, bool allOrNone, QuarantineActor actor, CancellationToken cancellationToken)
    {
        if (!current.TryGetValue((contract.Domain, contract.Dataset), out var load))
        {
            return false;
        }

        contract = await UndeclaredColumns.IncludeTableAsync(connection, contract, cancellationToken);
        var table = await _tables.FindAsync(contract.Domain, contract.Dataset, cancellationToken);
        var replay = new LineReplay(connection, contract, date, load.LoadId, table, _tables, now);
        if (await replay.ChooseAsync(filter.Condition, waited, cancellationToken) == 0)
        {
            return false;
        }

        Asked += await CountAsync($"select count(*) from {LineReplay.Lines} where is_asked", cancellationToken);
        RequireCurrentReferences(contract, load);
        var lines = await replay.RunAsync(cancellationToken);
        await TellRejectedAsync(contract, cancellationToken);
        if (allOrNone && Rejected > 0)
        {
            throw Fault(contract, $"{Rejected.ToString(CultureInfo.InvariantCulture)} of the rows do not pass, and all were to pass or none");
        }

        if (await ReplayedCounts.EnterAsync(connection, contract, load.LoadId, lines, cancellationToken) is { } difference)
        {
            throw Fault(contract, $"the replay does not tie out: {difference}");
        }

        if (lines.Replayed > 0)
        {
            await CheckQualityAsync(contract, load.LoadId, table, cancellationToken);
            var rows = lines.Replayed.ToString(CultureInfo.InvariantCulture);
            await StaleDates.MarkAsync(
                connection, contract.Domain, contract.Dataset, [date], $"{rows} rows of load {load.LoadId} replayed by {actor.By}: {actor.Why}", cancellationToken);
        }

        await QuarantineLog.AppendReplayAsync(connection, actor, now, cancellationToken);
        Replayed += lines.Replayed;
        return lines.Replayed > 0;
    }

    /// <summary>A row must not come to rows that are due to be checked again themselves.</summary>
    private void RequireCurrentReferences(DatasetContract contract, LoadRecord load)
    {
        var references = contract.References.Select(reference => current.GetValueOrDefault((reference.ToDomain, reference.ToDataset))?.LoadId ?? 0);
        if (!references.SequenceEqual(load.ReferenceLoads))
        {
            throw Fault(contract, "what its rows refer to was loaded again since, or its contract refers to something else now; run the date first");
        }
    }

    private async Task CheckQualityAsync(DatasetContract contract, long loadId, string table, CancellationToken cancellationToken)
    {
        var measured = await new QualityChecks(connection, contract, date, table).MeasureAsync(cancellationToken);
        await QualityChecks.RecordAsync(connection, loadId, measured, cancellationToken);
        if (measured.Where(check => check is { FailsLoad: true, Passed: false }).ToList() is { Count: > 0 } broken)
        {
            throw Fault(contract, $"with these rows {string.Join("; ", broken)}");
        }
    }

    private async Task TellRejectedAsync(DatasetContract contract, CancellationToken cancellationToken)
    {
        Rejected += await CountAsync($"select count(*) from {LineReplay.Lines} where is_asked and rule is not null", cancellationToken);
        await using var command = new NpgsqlCommand(
            $"select quarantine_id, rule, message from {LineReplay.Lines} where is_asked and rule is not null order by position limit {MostReasons}", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            Reasons.Add(new ReplayReason(reader.GetInt64(0), contract.Domain, contract.Dataset, date, reader.GetString(1), reader.GetString(2)));
        }
    }

    private async Task<long> CountAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private PartitionFaultException Fault(DatasetContract contract, string what) => new(
        $"{contract.Domain}.{contract.Dataset} {date:yyyy-MM-dd}: {what}. Nothing of the partition was changed.")
    {
        Domain = contract.Domain, Dataset = contract.Dataset, Partition = date,
    };
}
