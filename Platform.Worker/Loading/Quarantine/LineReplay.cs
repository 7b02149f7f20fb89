using System.Globalization;
using System.Text;
using Npgsql;
using NpgsqlTypes;
using Platform.Worker.Contracts;
using Platform.Worker.Contracts.Plan;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Loading.Quarantine;

/// <summary>What became of lines that were put through the checks again.</summary>
internal sealed record ReplayedLines
{
    /// <summary>Lines that are rows of the facts now.</summary>
    public required long Replayed { get; init; }

    /// <summary>Of these, lines that had been discarded.</summary>
    public required long FromDiscarded { get; init; }

    /// <summary>Lines that were refused again.</summary>
    public required long Rejected { get; init; }

    /// <summary>What the replayed rows count for now, in the order of the contract's control sums.</summary>
    public required IReadOnlyList<decimal> NewSums { get; init; }

    /// <summary>What they counted for in quarantine.</summary>
    public required IReadOnlyList<decimal> OldSums { get; init; }

    /// <summary>The partition after it, as the warehouse has it.</summary>
    public required PartitionCount Counted { get; init; }
}

/// <summary>
/// Puts quarantined lines, corrected or as they came, through the checks of a load and into the rows of their partition: the same
/// <see cref="RowCheck"/>, the same <see cref="PartitionChecks"/>. Rows that are there already stay; lines come after them, in their order. Memory is
/// bounded whatever the number of lines.
/// </summary>
/// <param name="connection">In a transaction that holds the partition's lock.</param>
/// <param name="contract">As it is now.</param>
/// <param name="partition">The data date.</param>
/// <param name="load">The partition's current load, or the one that is going on.</param>
/// <param name="table">The quoted table that holds the rows of the date.</param>
/// <param name="tables">Where references are looked up.</param>
/// <param name="late">What keeps the rows of other loads out of the table meanwhile.</param>
/// <param name="now">When.</param>
internal sealed class LineReplay(
    NpgsqlConnection connection, DatasetContract contract, DateOnly partition, long load, string table, PartitionTables tables, LateRows late,
    DateTimeOffset now)
{
    /// <summary>The lines with what became of them; until the transaction ends or the next replay starts.</summary>
    public const string Lines = "pg_temp.replay_line";

    private const int LinesAtOnce = 2_000;

    private readonly Dictionary<string, RowCheck?> _checks = new(StringComparer.Ordinal);
    private string _bindFault = "";

    /// <summary>Chooses lines of the load.</summary>
    /// <param name="asked">A condition on <c>meta.quarantine q</c> and its correction <c>c</c>; adds its parameters.</param>
    /// <param name="waited">Columns whose references got rows: open lines that were refused for them are chosen, too.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>How many lines.</returns>
    public async Task<long> ChooseAsync(Func<NpgsqlParameterCollection, string> asked, string[] waited, CancellationToken cancellationToken)
    {
        await using var create = new NpgsqlCommand(
            $"""
            drop table if exists {Lines};
            create temporary table replay_line (
                position integer primary key, quarantine_id bigint not null, line integer not null, is_asked boolean not null,
                column_name text, rule text, value text, message text)
            on commit drop
            """,
            connection);
        await create.ExecuteNonQueryAsync(cancellationToken);

        // What was replayed once comes in the order of then: of two lines that want the same key the same one gets it.
        await using var command = new NpgsqlCommand { Connection = connection, CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = load });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = waited });
        var isAsked = asked(command.Parameters);
        command.CommandText =
            $"""
            insert into {Lines} (position, quarantine_id, line, is_asked)
            select row_number() over (order by c.replayed_at nulls last, c.decided_at nulls last, f.line_offset, q.line), q.quarantine_id,
                coalesce(f.line_offset, 0) + q.line, {isAsked}
            from meta.quarantine q
            left join meta.quarantine_file f on f.load_id = q.load_id and f.file = q.file
            left join meta.quarantine_correction c on c.domain = q.domain and c.dataset = q.dataset and c.partition = q.partition
                and c.raw_sha256 = q.raw_sha256 and c.occurrence = q.occurrence
            where q.load_id = $1 and (({isAsked}) or (q.state = 'open' and q.rule = '{Rules.Reference}' and q.column_name = any ($2)))
            """;
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Checks the chosen lines and enters those that pass.</summary>
    public async Task<ReplayedLines> RunAsync(CancellationToken cancellationToken)
    {
        await CheckLinesAsync(cancellationToken);
        var checks = new PartitionChecks(connection, contract, partition, table, tables);
        await checks.ResolveSuspectsAsync("_ordinal", cancellationToken);
        await late.RefuseClashesAsync(checks, table, cancellationToken);
        var counted = await checks.CountAsync(cancellationToken);
        if (counted.HasFaults)
        {
            await checks.RefuseAsync(counted, await NewcomersAsync(cancellationToken), cancellationToken);
            await RequireOwnFaultsAsync(cancellationToken);
            counted = await checks.CountAsync(cancellationToken);
        }

        await TakeFaultsAsync(checks, cancellationToken);
        return await CloseAsync(counted, cancellationToken);
    }

    /// <summary>The row checks; lines that pass wait beside the facts.</summary>
    private async Task CheckLinesAsync(CancellationToken cancellationToken)
    {
        await ExecuteAsync(
            $"create temporary table load_suspect (like {table}, _ordinal integer generated always as identity) on commit drop", cancellationToken);
        using var good = new RowBuffer(64 << 10);
        for (var after = 0; await LinesAfterAsync(after, cancellationToken) is { Count: > 0 } lines; after = lines[^1].Position)
        {
            var rejected = new List<(int Position, RejectedRow Row)>();
            foreach (var line in lines)
            {
                if (await CheckAsync(line, good, cancellationToken) is { } row)
                {
                    rejected.Add((line.Position, row));
                }
            }

            if (good.Length > 0)
            {
                await using var copy = await RowCopy.StartAsync(
                    connection, PartitionCopy.Suspects, FactTables.ColumnList(contract), options: "", cancellationToken);
                await copy.WriteAsync(good.Written, cancellationToken);
                await copy.CompleteAsync(cancellationToken);
                good.Truncate(0);
            }

            await RejectAsync(rejected, cancellationToken);
        }
    }

    private async Task<RejectedRow?> CheckAsync(Line line, RowBuffer good, CancellationToken cancellationToken)
    {
        if (CheckOf(line) is not { } check)
        {
            return new RejectedRow(0, null, Rules.Columns, null, _bindFault, "");
        }

        await using var record = await QuarantinedLine.OpenAsync(contract, line.Form, line.Header, line.Bytes, cancellationToken);
        check.LineOffset = line.FactLine - record.Line;
        return check.TryWrite(record, good, out _) ? null : check.Reject(record);
    }

    private RowCheck? CheckOf(Line line)
    {
        var name = string.Join('\0', [line.Form.CountsRecords ? "records" : "lines", .. line.Header]);
        if (!_checks.TryGetValue(name, out var check))
        {
            try
            {
                check = line.Header.Length == 0
                    ? throw new DataFaultException("the header of its file is not known; run the date again with --force")
                    : RowCheck.Bind(contract, line.Form, line.Header, partition, load, lineOffset: 0, (what, _, cause) => new DataFaultException(what, cause));
            }
            catch (DataFaultException fault)
            {
                _bindFault = $"The line cannot be read again: {fault.Message}.";
            }

            _checks[name] = check;
        }

        return check;
    }

    private async Task<List<Line>> LinesAfterAsync(int after, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select r.position, r.line, coalesce(c.header, f.header, array[]::text[]), c.fields, q.raw_bytes, q.raw_line, q.file
            from {Lines} r
            join meta.quarantine q on q.quarantine_id = r.quarantine_id
            left join meta.quarantine_file f on f.load_id = q.load_id and f.file = q.file
            left join meta.quarantine_correction c on c.domain = q.domain and c.dataset = q.dataset and c.partition = q.partition
                and c.raw_sha256 = q.raw_sha256 and c.occurrence = q.occurrence
            where r.position > $1 order by r.position limit $2
            """,
            connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = after });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = LinesAtOnce });
        var lines = new List<Line>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var form = RecordForm.OfKeptLine(contract, reader.GetString(6));
            var bytes = !await reader.IsDBNullAsync(3, cancellationToken)
                ? QuarantinedLine.Bytes(form, reader.GetFieldValue<string[]>(3))
                : await reader.IsDBNullAsync(4, cancellationToken)
                    ? Encoding.UTF8.GetBytes(reader.GetString(5))
                    : reader.GetFieldValue<byte[]>(4);
            lines.Add(new Line(reader.GetInt32(0), reader.GetInt32(1), form, reader.GetFieldValue<string[]>(2), bytes));
        }

        return lines;
    }

    private async Task RejectAsync(List<(int Position, RejectedRow Row)> rejected, CancellationToken cancellationToken)
    {
        if (rejected.Count == 0)
        {
            return;
        }

        await using var command = new NpgsqlCommand(
            $"""
            update {Lines} r set column_name = n.column_name, rule = n.rule, value = n.value, message = n.message
            from unnest($1, $2, $3, $4, $5) n (position, column_name, rule, value, message) where n.position = r.position
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. rejected.Select(item => item.Position)] });
        command.Parameters.Add(new NpgsqlParameter<string?[]> { TypedValue = [.. rejected.Select(item => item.Row.Column)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. rejected.Select(item => item.Row.Rule)] });
        command.Parameters.Add(new NpgsqlParameter<string?[]> { TypedValue = [.. rejected.Select(item => item.Row.Value)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. rejected.Select(item => item.Row.Message)] });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<int[]> NewcomersAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"select array_agg(line order by position) from {Lines} where rule is null", connection);
        return await command.ExecuteScalarAsync(cancellationToken) as int[] ?? [];
    }

    /// <summary>A contract that changed may refuse rows that are loaded; only a load puts such rows into quarantine.</summary>
    private async Task RequireOwnFaultsAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"select message from {PartitionChecks.Faults} where line not in (select line from {Lines}) order by line limit 1", connection);
        if (await command.ExecuteScalarAsync(cancellationToken) is string message)
        {
            throw new PartitionFaultException(
                $"{contract.Domain}.{contract.Dataset} {partition:yyyy-MM-dd}: rows that are loaded break the contract as it is now ({message}) Run the date first. "
                + "Nothing of the partition was changed.")
            {
                Domain = contract.Domain, Dataset = contract.Dataset, Partition = partition,
            };
        }
    }

    private async Task TakeFaultsAsync(PartitionChecks checks, CancellationToken cancellationToken)
    {
        if (checks.HasFaults)
        {
            await ExecuteAsync(
                $"""
                update {Lines} r set column_name = n.column_name, rule = n.rule, value = n.value, message = n.message
                from (
                    select line, (array_agg(column_name order by position))[1] as column_name, (array_agg(rule order by position))[1] as rule,
                        (array_agg(value order by position))[1] as value, string_agg(message, ' ' order by position) as message
                    from {PartitionChecks.Faults} group by line) n
                where n.line = r.line
                """,
                cancellationToken);
            await checks.DropFaultsAsync(cancellationToken);
        }
    }

    /// <summary>Enters what became of the lines into quarantine, and adds up what moved.</summary>
    private async Task<ReplayedLines> CloseAsync(PartitionCount counted, CancellationToken cancellationToken)
    {
        var newSums = contract.ControlSums.Select(name => $"coalesce(sum(f.{Sql.Identifier(name)}), 0)::numeric");
        var oldSums = contract.ControlSums.Select(name => $"coalesce(sum((q.sums ->> {Sql.Literal(name)})::numeric), 0)::numeric");
        await using var batch = new NpgsqlBatch(connection) { Timeout = 0 };

        // The facts say which lines are in them, not what was meant to be.
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"""
            select {string.Join(", ", ["count(*)", "count(*) filter (where q.state = 'discarded')", .. newSums, .. oldSums])}
            from {Lines} r
            join {table} f on f.{FactTables.Partition} = $1 and f.{FactTables.Line} = r.line
            join meta.quarantine q on q.quarantine_id = r.quarantine_id
            where r.rule is null
            """) { Parameters = { new NpgsqlParameter<DateOnly> { TypedValue = partition, NpgsqlDbType = NpgsqlDbType.Date } } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"select count(*) filter (where rule is null), count(*) filter (where rule is not null) from {Lines}"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"""
            update meta.quarantine q
            set state = case when r.rule is null then 'replayed' else q.state end, changed_at = $1, column_name = coalesce(r.column_name, q.column_name),
                rule = coalesce(r.rule, q.rule), value = case when r.rule is null then q.value else r.value end, message = coalesce(r.message, q.message)
            from {Lines} r where q.quarantine_id = r.quarantine_id
            """) { Parameters = { new NpgsqlParameter<DateTimeOffset> { TypedValue = now } } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"""
            update meta.quarantine_correction c set replayed_at = $1
            from {Lines} r join meta.quarantine q on q.quarantine_id = r.quarantine_id
            where r.rule is null and c.replayed_at is null and c.fields is not null and c.domain = q.domain and c.dataset = q.dataset and c.partition = q.partition
                and c.raw_sha256 = q.raw_sha256 and c.occurrence = q.occurrence
            """) { Parameters = { new NpgsqlParameter<DateTimeOffset> { TypedValue = now } } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"""
            delete from meta.quarantine_correction c
            using {Lines} r join meta.quarantine q on q.quarantine_id = r.quarantine_id
            where r.rule is null and c.fields is null and c.domain = q.domain and c.dataset = q.dataset and c.partition = q.partition
                and c.raw_sha256 = q.raw_sha256 and c.occurrence = q.occurrence
            """));

        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var count = contract.ControlSums.Count;
        var (entered, discarded) = (reader.GetInt64(0), reader.GetInt64(1));
        decimal[] added = [.. Enumerable.Range(2, count).Select(reader.GetDecimal)];
        decimal[] removed = [.. Enumerable.Range(2 + count, count).Select(reader.GetDecimal)];
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var (passed, rejected) = (reader.GetInt64(0), reader.GetInt64(1));
        return entered == passed
            ? new ReplayedLines { Replayed = entered, FromDiscarded = discarded, Rejected = rejected, NewSums = added, OldSums = removed, Counted = counted }
            : throw new InvalidOperationException(
                $"{contract.Domain}.{contract.Dataset} {partition:yyyy-MM-dd}: {passed.ToString(CultureInfo.InvariantCulture)} lines passed their checks, and {entered} are in the facts.");
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed record Line(int Position, int FactLine, RecordForm Form, string[] Header, byte[] Bytes);
}
