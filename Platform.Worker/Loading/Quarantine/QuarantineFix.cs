using System.Text;
using Npgsql;
using Platform.Worker.Contracts;
using Platform.Worker.Contracts.Plan;

namespace Platform.Worker.Loading.Quarantine;

/// <summary>What a fix did.</summary>
/// <param name="Fixed">Rows whose correction is stored now; a replay or the next load of their partition applies it.</param>
/// <param name="Unchanged">Rows of the file that nobody changed.</param>
internal sealed record FixResult(int Fixed, int Unchanged);

/// <summary>Stores corrections of quarantined rows. A correction is checked against the contract first, and all are stored or none.</summary>
internal sealed class QuarantineFix(NpgsqlDataSource dataSource, ContractCatalog contracts, QuarantineReader reader, TimeProvider time)
{
    private const int RowsAtOnce = 1_000;

    /// <summary>Corrects fields of one row.</summary>
    /// <param name="id">The row.</param>
    /// <param name="values">New values by column, as the contract or the file names it.</param>
    /// <param name="actor">Who corrects it, and why.</param>
    /// <param name="cancellationToken">Stops before anything is stored.</param>
    /// <exception cref="QuarantineFaultException">The row cannot be corrected like this.</exception>
    public async Task<FixResult> FixAsync(long id, IReadOnlyDictionary<string, string> values, QuarantineActor actor, CancellationToken cancellationToken)
    {
        var row = await reader.FindAsync(id, cancellationToken) ?? throw new QuarantineFaultException($"There is no quarantined row {id}.");
        var contract = contracts.Find(row.Domain, row.Dataset);
        var cells = values.ToDictionary(
            item => contract?.Columns.FirstOrDefault(column => column.Name == item.Key)?.HeaderName ?? item.Key, item => item.Value, StringComparer.Ordinal);
        if (cells.Keys.Except([.. row.Header, QuarantineExport.RawLine]).ToList() is { Count: > 0 } unknown)
        {
            throw new QuarantineFaultException(
                $"Row {id} has no column {string.Join(", ", unknown.Select(name => $"'{name}'"))}; its file has {string.Join(", ", row.Header)}.");
        }

        var faults = new List<string>();
        var corrected = await CorrectAsync(row, cells, $"Row {id}", faults, cancellationToken);
        return faults.Count > 0 ? throw new QuarantineFaultException(faults) : await StoreAsync(corrected is null ? [] : [corrected], 1, actor, cancellationToken);
    }

    /// <summary>Takes back an export that was corrected.</summary>
    /// <param name="csv">The file as <see cref="QuarantineExport"/> wrote it, with cells changed; rows may be missing.</param>
    /// <param name="raw">Whether it is a raw export.</param>
    /// <param name="actor">Who corrects the rows, and why.</param>
    /// <param name="cancellationToken">Stops before anything is stored.</param>
    /// <exception cref="QuarantineFaultException">A row cannot be corrected like this; it tells every one.</exception>
    public async Task<FixResult> FixAsync(ReadOnlyMemory<byte> csv, bool raw, QuarantineActor actor, CancellationToken cancellationToken)
    {
        var faults = new List<string>();
        var corrections = new List<Correction>();
        var ids = new HashSet<long>();
        await foreach (var rows in CorrectedFile.ReadAsync(csv, raw, cancellationToken).Chunk(RowsAtOnce).WithCancellation(cancellationToken))
        {
            var present = new Dictionary<long, QuarantinedRow>();
            await foreach (var row in reader.RowsAsync(new QuarantineFilter { Ids = [.. rows.Select(row => row.Id)] }, limit: null, cancellationToken))
            {
                present[row.Id] = row;
            }

            foreach (var corrected in rows)
            {
                var place = $"Line {corrected.Line} (row {corrected.Id})";
                if (!ids.Add(corrected.Id))
                {
                    faults.Add($"{place}: the row is in the file more than once.");
                }
                else if (!present.TryGetValue(corrected.Id, out var row))
                {
                    faults.Add($"{place}: there is no such quarantined row.");
                }
                else if (await CorrectAsync(row, corrected.Cells, place, faults, cancellationToken) is { } correction)
                {
                    corrections.Add(correction);
                }
            }
        }

        return faults.Count > 0 ? throw new QuarantineFaultException(faults) : await StoreAsync(corrections, ids.Count, actor, cancellationToken);
    }

    /// <summary>The correction that the cells mean; null when they mean none, or a fault was added.</summary>
    private async Task<Correction?> CorrectAsync(
        QuarantinedRow row, IReadOnlyDictionary<string, string> cells, string place, List<string> faults, CancellationToken cancellationToken)
    {
        var contract = contracts.Find(row.Domain, row.Dataset);
        var original = contract is null || row.Header.Count == 0
            ? null
            : await QuarantinedLine.FieldsAsync(contract, row.File, row.Header, row.RawLine, cancellationToken);
        var shown = await QuarantineExport.FieldsAsync(contract, row, cancellationToken);
        var line = cells.GetValueOrDefault(QuarantineExport.RawLine, row.RawLine);
        var fields = row.Header.Index().Select(item => cells.GetValueOrDefault(item.Item, shown?[item.Index] ?? "")).ToArray();

        // The line as it came is no correction either: somebody else may have corrected it since the export.
        var isChanged = !fields.SequenceEqual(shown ?? row.Header.Select(_ => "")) && !(original is not null && fields.SequenceEqual(original));
        if (!isChanged && line == row.RawLine)
        {
            return null;
        }

        if (Obstacle(row, contract) is { } obstacle)
        {
            faults.Add($"{place}: {obstacle}");
            return null;
        }

        if (line != row.RawLine)
        {
            if (isChanged)
            {
                faults.Add($"{place}: both its fields and {QuarantineExport.RawLine} were changed; change one of them.");
                return null;
            }

            if (await QuarantinedLine.FieldsAsync(contract!, row.File, row.Header, line, cancellationToken) is not { } split)
            {
                faults.Add($"{place}: {QuarantineExport.RawLine} does not have the {row.Header.Count} fields of its file's header, {string.Join(", ", row.Header)}.");
                return null;
            }

            fields = split;
        }

        if (await BrokenAsync(contract!, row, fields, cancellationToken) is { } broken)
        {
            faults.Add($"{place}: {broken}");
            return null;
        }

        return new Correction(row.Id, [.. row.Header], fields);
    }

    private static string? Obstacle(QuarantinedRow row, DatasetContract? contract) => row switch
    {
        { State: "replayed" } => "the row was replayed already; discard it by its id and run its date to take it out of the facts.",
        { State: "superseded" } => $"its load is no longer current: the partition was loaded again, and what is still bad of it has new rows.",
        _ when contract is null => $"there is no contract of {row.Domain}.{row.Dataset} any more.",
        { Header.Count: 0 } => $"the header of {row.File} is not known; run {row.Partition:yyyy-MM-dd} again with --force, and correct the new row.",
        _ => null,
    };

    /// <summary>Why the contract would refuse the line again; null when it would not.</summary>
    private static async Task<string?> BrokenAsync(DatasetContract contract, QuarantinedRow row, string[] fields, CancellationToken cancellationToken)
    {
        var form = RecordForm.OfKeptLine(contract, row.File);
        await using var record = await QuarantinedLine.OpenAsync(contract, form, row.Header, QuarantinedLine.Bytes(form, fields), cancellationToken);
        var check = RowCheck.Bind(
            UndeclaredColumns.Include(contract, row.Header), form, row.Header, row.Partition, row.LoadId, lineOffset: 0,
            (what, _, cause) => new DataFaultException($"{what}.", cause));
        using var good = new RowBuffer(1 << 10);
        return check.TryWrite(record, good, out _) ? null : check.Reject(record).Message;
    }

    private async Task<FixResult> StoreAsync(List<Correction> corrections, int rows, QuarantineActor actor, CancellationToken cancellationToken)
    {
        if (corrections.Count == 0)
        {
            return new FixResult(0, rows);
        }

        var now = time.GetUtcNow();
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        foreach (var correction in corrections.OrderBy(correction => correction.Id))
        {
            await using var store = new NpgsqlCommand(
                """
                insert into meta.quarantine_correction (domain, dataset, partition, raw_sha256, occurrence, header, fields, decided_by, decided_at, why)
                select domain, dataset, partition, raw_sha256, occurrence, $2, $3, $4, $5, $6 from meta.quarantine
                where quarantine_id = $1 and state in ('open', 'discarded', 'refused')
                on conflict (domain, dataset, partition, raw_sha256, occurrence) do update
                set header = excluded.header, fields = excluded.fields, decided_by = excluded.decided_by, decided_at = excluded.decided_at,
                    why = excluded.why, replayed_at = null
                """,
                connection);
            store.Parameters.Add(new NpgsqlParameter<long> { TypedValue = correction.Id });
            store.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = correction.Header });
            store.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = correction.Fields });
            store.Parameters.Add(new NpgsqlParameter<string> { TypedValue = actor.By });
            store.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
            store.Parameters.Add(new NpgsqlParameter<string> { TypedValue = actor.Why });
            if (await store.ExecuteNonQueryAsync(cancellationToken) != 1)
            {
                throw new QuarantineFaultException($"Row {correction.Id} was replayed or loaded again meanwhile.");
            }
        }

        await QuarantineLog.AppendAsync(
            connection, "fix", actor, now, [.. corrections.Select(correction => new ActionOutcome(correction.Id, "fixed"))], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new FixResult(corrections.Count, rows - corrections.Count);
    }

    private sealed record Correction(long Id, string[] Header, string[] Fields);
}
