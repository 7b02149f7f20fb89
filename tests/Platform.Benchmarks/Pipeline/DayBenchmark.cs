using System.Diagnostics;
using System.Globalization;
using Platform.Testing;

namespace Platform.Benchmarks.Pipeline;

/// <summary>
/// Days of the whole pipeline at the default volume in a warm process, from the request to published marts: the same days in a warehouse that holds
/// few before them and in one that a backfill has given many, in turn. Goals: a day 3 s, 365 days backfilled in 5 minutes, 1.1 of the time with few.
/// </summary>
internal sealed class DayBenchmark : IBenchmark
{
    private const int DefaultDays = 1000;
    private const int Few = 9;
    private const int Measured = 5;
    private const double DayGoalSeconds = 3;
    private const double YearGoalSeconds = 300;
    private const double GrowthGoal = 1.1;

    /// <summary>The first day measured; the generator has 1,004 days before it.</summary>
    private static readonly DateOnly First = new(2026, 10, 1);

    public string Name => "day";

    public string Description => "a day from schedule to published, a backfill of SIZE days, and how a day after it compares with day 10";

    public async Task RunAsync(int? size, CancellationToken cancellationToken)
    {
        var many = size ?? DefaultDays;
        await using var servers = new EmbeddedServers();
        await using var early = await Place.CreateAsync(servers, cancellationToken);
        await using var late = await Place.CreateAsync(servers, cancellationToken);
        await early.RunAsync(First.AddDays(-Few), Few, cancellationToken);
        var backfill = await late.RunAsync(First.AddDays(-many), many, cancellationToken);
        var perMinute = many / backfill * 60;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{many} days backfilled in {backfill:F1} s: {perMinute:F0} days a minute; {Environment.ProcessorCount} cores"));
        for (var day = 0; day < Measured; day++)
        {
            await early.MeasureAsync(First.AddDays(day), cancellationToken);
            await late.MeasureAsync(First.AddDays(day), cancellationToken);
        }

        var few = await early.ReportAsync($"after {Few} days", cancellationToken);
        var after = await late.ReportAsync($"after {many} days", cancellationToken);
        await late.PrintModelsAsync(early, cancellationToken);
        Measure.ConcludeSeconds($"{Name}-year", 365 / perMinute * 60, YearGoalSeconds);
        Measure.Conclude($"{Name}-growth", after / few, GrowthGoal, atMost: true);
        Measure.ConcludeSeconds(Name, after, DayGoalSeconds);
    }

    /// <summary>A whole system without its scheduler.</summary>
    private sealed class Place(TestDatabase database, TestContainer container, WorkerStages worker) : IAsyncDisposable
    {
        private readonly List<double> _times = [];

        public static async Task<Place> CreateAsync(EmbeddedServers servers, CancellationToken cancellationToken)
        {
            var database = await servers.CreateDatabaseAsync(cancellationToken);
            var container = await servers.CreateContainerAsync(cancellationToken);
            var worker = await WorkerStages.StartPipelineAsync(database, container, cancellationToken);
            return new Place(database, container, worker);
        }

        public async Task MeasureAsync(DateOnly day, CancellationToken cancellationToken) => _times.Add(await RunAsync(day, 1, cancellationToken));

        /// <returns>Seconds.</returns>
        public async Task<double> RunAsync(DateOnly from, int days, CancellationToken cancellationToken)
        {
            var started = Stopwatch.GetTimestamp();
            await worker.RunDatesAsync(from, days, cancellationToken);
            return Stopwatch.GetElapsedTime(started).TotalSeconds;
        }

        /// <returns>The median of the measured days, in seconds.</returns>
        public async Task<double> ReportAsync(string name, CancellationToken cancellationToken)
        {
            await using var command = database.DataSource.CreateCommand(
                """
                select string_agg(task || ' ' || seconds, ', ' order by position) from (
                    select task, position, round(percentile_cont(0.5) within group (order by extract(epoch from finished_at - started_at))::numeric, 2) as seconds
                    from meta.task_run where data_date >= $1 group by task, position) median
                """);
            command.Parameters.AddWithValue(First);
            var tasks = (string?)await command.ExecuteScalarAsync(cancellationToken);
            var median = _times.Order().ElementAt(Measured / 2);
            var all = string.Join(" ", _times.Select(time => time.ToString("F2", CultureInfo.InvariantCulture)));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-16} {median:F2} s   ({all} s)   {tasks}"));
            return median;
        }

        /// <summary>The nodes that take longest more than in the other warehouse.</summary>
        public async Task PrintModelsAsync(Place other, CancellationToken cancellationToken)
        {
            var before = await other.NodesAsync(cancellationToken);
            foreach (var (node, seconds) in (await NodesAsync(cancellationToken)).OrderByDescending(node => node.Value - before.GetValueOrDefault(node.Key)).Take(12))
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"  {node,-90} {before.GetValueOrDefault(node) * 1000,7:F0} ms -> {seconds * 1000,7:F0} ms"));
            }
        }

        public async ValueTask DisposeAsync()
        {
            await worker.DisposeAsync();
            await container.DisposeAsync();
            await database.DisposeAsync();
        }

        private async Task<Dictionary<string, double>> NodesAsync(CancellationToken cancellationToken)
        {
            await using var command = database.DataSource.CreateCommand(
                """
                select unique_id, percentile_cont(0.5) within group (order by coalesce(execution_seconds, 0))
                from meta.node_result join meta.invocation using (invocation_id)
                where success and data_date_from >= $1 group by unique_id
                """);
            command.Parameters.AddWithValue(First);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var nodes = new Dictionary<string, double>();
            while (await reader.ReadAsync(cancellationToken))
            {
                nodes[reader.GetString(0)] = reader.GetDouble(1);
            }

            return nodes;
        }
    }
}
