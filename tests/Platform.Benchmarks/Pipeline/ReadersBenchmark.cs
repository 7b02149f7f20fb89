using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Platform.Testing;

namespace Platform.Benchmarks.Pipeline;

/// <summary>
/// How long readers of the marts wait while days are built and published beside them: each reads several marts in one statement, in a loop. Alone first, as the
/// reference; then beside days; then beside days while another reader holds transactions of seconds open on the marts, and while a dashboard asks slow
/// questions of all of them. Goal: no read is blocked for more than 200 ms; a blocked read is one during which its session waits for a lock.
/// </summary>
internal sealed class ReadersBenchmark : IBenchmark
{
    private const int DefaultDays = 10;
    private const int Readers = 2;
    private const double GoalMilliseconds = 200;
    private static readonly DateOnly First = new(2026, 3, 1);

    private const string Read =
        """
        select sales.revenue, lines.revenue, days.days
        from (select sum(revenue_eur) as revenue from analytics.mart_sales_daily) sales,
             (select sum(net_amount_eur) as revenue from analytics.fct_order_lines) lines,
             (select count(*) as days from analytics.mart_daily_overview) days
        """;

    public string Name => "readers";

    public string Description => "the longest that a reader of the marts is blocked while SIZE days are built and published, long readers beside it";

    public async Task RunAsync(int? size, CancellationToken cancellationToken)
    {
        var days = size ?? DefaultDays;
        await using var servers = new EmbeddedServers();
        await using var database = await servers.CreateDatabaseAsync(cancellationToken);
        await using var container = await servers.CreateContainerAsync(cancellationToken);
        await using var worker = await WorkerStages.StartPipelineAsync(database, container, cancellationToken);
        await worker.RunDatesAsync(First.AddDays(-30), 30, cancellationToken);

        await MeasureAsync("nothing beside it", () => Task.Delay(TimeSpan.FromSeconds(10), cancellationToken), []);
        var plain = await MeasureAsync($"{days} days beside it", () => DaysAsync(0), []);
        var held = await MeasureAsync($"{days} days and transactions of 3 s", () => DaysAsync(days), [token => HoldAsync(database, token)]);
        var slow = await MeasureAsync(
            $"{days} days and 4 slow dashboards", () => DaysAsync(2 * days), [.. Enumerable.Range(0, 4).Select(_ => (Func<CancellationToken, Task>)(token => AskSlowlyAsync(database, token)))]);
        Measure.ConcludeMilliseconds($"{Name}-plain", plain, GoalMilliseconds);
        Measure.ConcludeMilliseconds($"{Name}-slow", slow, GoalMilliseconds);
        Measure.ConcludeMilliseconds(Name, Math.Max(plain, Math.Max(held, slow)), GoalMilliseconds);

        async Task DaysAsync(int after)
        {
            for (var day = 0; day < days; day++)
            {
                await worker.RunDatesAsync(First.AddDays(after + day), 1, cancellationToken);
            }
        }

        async Task<double> MeasureAsync(string what, Func<Task> beside, Func<CancellationToken, Task>[] others)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var blocked = Task.Run(() => WatchLocksAsync(database, stop.Token), cancellationToken);
            var readers = Enumerable.Range(0, Readers).Select(_ => Task.Run(() => ReadAsync(database, stop.Token), cancellationToken)).ToList();
            var running = others.Select(other => Task.Run(() => other(stop.Token), cancellationToken)).ToList();
            await beside();
            await stop.CancelAsync();
            await Task.WhenAll(running);
            List<double> times = [.. (await Task.WhenAll(readers)).SelectMany(times => times).Order()];
            var longest = await blocked;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{what,-36} {times.Count,6} reads   median {times[times.Count / 2],6:F1} ms   99% {times[times.Count * 99 / 100],6:F1} ms   longest {times[^1],6:F1} ms   longest wait for a lock {longest,6:F1} ms"));
            return longest;
        }
    }

    /// <returns>Milliseconds of every read.</returns>
    private static async Task<List<double>> ReadAsync(TestDatabase database, CancellationToken stop)
    {
        var times = new List<double>();
        await using var connection = await database.DataSource.OpenConnectionAsync(CancellationToken.None);
        await NameAsync(connection, "reader");
        while (!stop.IsCancellationRequested)
        {
            var started = Stopwatch.GetTimestamp();
            await using var command = new NpgsqlCommand(Read, connection);
            await using (var reader = await command.ExecuteReaderAsync(CancellationToken.None))
            {
                await reader.ReadAsync(CancellationToken.None);
                if (reader.GetDecimal(0) != reader.GetDecimal(1))
                {
                    throw new InvalidOperationException($"A reader saw two publications at once: revenue {reader.GetDecimal(0)} and {reader.GetDecimal(1)}.");
                }
            }

            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            await Task.Delay(5, CancellationToken.None);
        }

        return times;
    }

    /// <returns>The longest that a reader was seen to wait for a lock, in milliseconds; looked at every few of them.</returns>
    private static async Task<double> WatchLocksAsync(TestDatabase database, CancellationToken stop)
    {
        var longest = 0.0;
        await using var connection = await database.DataSource.OpenConnectionAsync(CancellationToken.None);
        await using var command = new NpgsqlCommand(
            """
            select coalesce(max(extract(epoch from clock_timestamp() - waitstart) * 1000), 0)::float8
            from pg_locks join pg_stat_activity using (pid) where not granted and application_name = 'reader'
            """, connection);
        while (!stop.IsCancellationRequested)
        {
            longest = Math.Max(longest, (double)(await command.ExecuteScalarAsync(CancellationToken.None))!);
            await Task.Delay(2, CancellationToken.None);
        }

        return longest;
    }

    /// <summary>A reader that keeps its transaction open for seconds after it has read.</summary>
    private static async Task HoldAsync(TestDatabase database, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await using var connection = await database.DataSource.OpenConnectionAsync(CancellationToken.None);
            await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
            await using var command = new NpgsqlCommand(Read, connection, transaction);
            await command.ExecuteNonQueryAsync(CancellationToken.None);
            await Task.Delay(TimeSpan.FromSeconds(3), stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await transaction.CommitAsync(CancellationToken.None);
            await Task.Delay(200, CancellationToken.None);
        }
    }

    /// <summary>Questions of 80 ms, each to another mart.</summary>
    private static async Task AskSlowlyAsync(TestDatabase database, CancellationToken stop)
    {
        await using var list = database.DataSource.CreateCommand("select quote_ident(relname) from pg_class where relnamespace = 'analytics'::regnamespace and relkind = 'r'");
        var marts = new List<string>();
        await using (var reader = await list.ExecuteReaderAsync(CancellationToken.None))
        {
            while (await reader.ReadAsync(CancellationToken.None))
            {
                marts.Add(reader.GetString(0));
            }
        }

        await using var connection = await database.DataSource.OpenConnectionAsync(CancellationToken.None);
        for (var turn = 0; !stop.IsCancellationRequested; turn++)
        {
            await using var ask = new NpgsqlCommand($"select pg_sleep(0.08) from (select 1 from analytics.{marts[turn % marts.Count]} limit 1) mart", connection);
            await ask.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    private static async Task NameAsync(NpgsqlConnection connection, string name)
    {
        await using var command = new NpgsqlCommand($"set application_name = '{name}'", connection);
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }
}
