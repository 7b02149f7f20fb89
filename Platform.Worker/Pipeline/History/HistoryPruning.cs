using System.Globalization;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Pipeline.History;

/// <summary>What a pruning deleted.</summary>
internal sealed record Pruned(long Attempts, long LogLines, int Partitions, long Backfills, long Alerts = 0);

/// <summary>
/// Keeps history as long as <see cref="PipelineOptions.HistoryRetention"/> says. Runs themselves stay: they are the state of their data dates. Logs are
/// dropped by whole months, in which they are partitioned; the rest goes in small statements.
/// </summary>
internal sealed class HistoryPruning(
    NpgsqlDataSource warehouse, LedgerStatements statements, IOptions<PipelineOptions> options, TimeProvider clock, ILogger<HistoryPruning> logger)
{
    private const int AtOnce = 10_000;
    private const string Prefix = "task_log_";

    public async Task<Pruned> RunAsync(CancellationToken cancellationToken)
    {
        var oldest = clock.GetUtcNow() - options.Value.HistoryRetention;
        await AddMonthsAsync(cancellationToken);
        var partitions = await DropMonthsAsync(oldest, cancellationToken);
        var lines = await DeleteAsync("""
            delete from meta.task_log_rest where ctid in (select ctid from meta.task_log_rest where at < @oldest limit @at_once)
            """, oldest, cancellationToken);
        var attempts = await DeleteAsync("""
            delete from meta.task_attempt where attempt_id in (
                select old.attempt_id from meta.task_attempt old
                where old.started_at < @oldest and old.state <> 'running'
                  and exists (
                    select from meta.task_attempt newer
                    where newer.pipeline = old.pipeline and newer.data_date = old.data_date and newer.task = old.task
                      and newer.attempt_id > old.attempt_id)
                  and (old.state <> 'success' or exists (
                    select from meta.task_attempt newer
                    where newer.pipeline = old.pipeline and newer.data_date = old.data_date and newer.task = old.task
                      and newer.attempt_id > old.attempt_id and newer.state = 'success'))
                limit @at_once)
            """, oldest, cancellationToken);
        var backfills = await DeleteAsync("""
            delete from meta.backfill where backfill_id in (
                select backfill_id from meta.backfill
                where requested_at < @oldest
                  and not exists (select from meta.backfill_date date where date.backfill_id = backfill.backfill_id and date.state is null)
                limit @at_once)
            """, oldest, cancellationToken);
        var alerts = await DeleteAsync("""
            delete from meta.alert where alert_id in (select alert_id from meta.alert where at < @oldest limit @at_once)
            """, oldest, cancellationToken);
        var pruned = new Pruned(attempts, lines, partitions, backfills, alerts);
        if (pruned != new Pruned(0, 0, 0, 0))
        {
            Log.Pruned(logger, attempts, lines, partitions, backfills, alerts);
        }
        return pruned;
    }

    /// <summary>This month's partition and the next one's, before there are lines for them.</summary>
    private async Task AddMonthsAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        for (var (month, left) = (new DateTime(now.Year, now.Month, 1, 0, 0, 0, DateTimeKind.Utc), 2); left > 0; (month, left) = (month.AddMonths(1), left - 1))
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{month:yyyyMM}");
            try
            {
                await statements.ExecuteAsync(
                    string.Create(CultureInfo.InvariantCulture, $"""
                        create table if not exists meta.{Sql.Identifier(name)} partition of meta.task_log
                        for values from ('{month:yyyy-MM-dd} 00:00Z') to ('{month.AddMonths(1):yyyy-MM-dd} 00:00Z')
                        """),
                    cancellationToken);
            }
            catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.CheckViolation or PostgresErrorCodes.DuplicateTable)
            {
                // The month has lines in the rest already and stays there; or another Worker made it this moment.
            }
        }
    }

    private async Task<int> DropMonthsAsync(DateTimeOffset oldest, CancellationToken cancellationToken)
    {
        var names = await statements.QueryAsync(
            "select relid::regclass::text from pg_partition_tree('meta.task_log') where isleaf", row => row.GetString(0), cancellationToken);
        var dropped = 0;
        foreach (var name in names.Select(name => name.Split('.')[^1]))
        {
            if (DateTime.TryParseExact(name, $"'{Prefix}'yyyyMM", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var month)
                && month.AddMonths(1) <= oldest.UtcDateTime)
            {
                await statements.ExecuteAsync($"drop table if exists meta.{Sql.Identifier(name)}", cancellationToken);
                dropped++;
            }
        }
        return dropped;
    }

    private async Task<long> DeleteAsync(string sql, DateTimeOffset oldest, CancellationToken cancellationToken)
    {
        var deleted = 0L;
        while (true)
        {
            await using var command = warehouse.CreateCommand(sql);
            command.Parameters.AddWithValue("oldest", oldest);
            command.Parameters.AddWithValue("at_once", AtOnce);
            var now = await command.ExecuteNonQueryAsync(cancellationToken);
            deleted += now;
            if (now < AtOnce)
            {
                return deleted;
            }
        }
    }
}
