using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Testing;
using Platform.Worker.Pipeline;

namespace Platform.Benchmarks.Pipeline;

/// <summary>
/// What the pipeline itself costs between two tasks that do nothing: from the end of one to the start of the next, ledger, claims and locks
/// included. Median with an empty ledger and with one of many past runs, taken in turn; goal 20 ms with either.
/// </summary>
internal sealed class TasksBenchmark : IBenchmark
{
    private const int DefaultPastRuns = 100_000;
    private const int Rounds = 3;
    private const int Dates = 40;
    private const double GoalMilliseconds = 20;

    public string Name => "tasks";

    public string Description => "overhead between two tasks, with an empty ledger and with 100,000 past runs";

    public async Task RunAsync(int? size, CancellationToken cancellationToken)
    {
        var past = size ?? DefaultPastRuns;
        await using var servers = new EmbeddedServers();
        await using var empty = await Place.CreateAsync(servers, pastRuns: 0, cancellationToken);
        await using var full = await Place.CreateAsync(servers, past, cancellationToken);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{Dates} dates of {IdleTasks.Count} idle tasks, {Rounds} rounds; {Environment.ProcessorCount} cores"));
        for (var round = 0; round < Rounds; round++)
        {
            await empty.RunAsync(Dates, cancellationToken);
            await full.RunAsync(Dates, cancellationToken);
        }

        var none = empty.Report("empty ledger");
        var many = full.Report(string.Create(CultureInfo.InvariantCulture, $"{past:N0} past runs"));
        Measure.ConcludeMilliseconds($"{Name}-empty", none, GoalMilliseconds);
        Measure.ConcludeMilliseconds(Name, many, GoalMilliseconds);
    }

    /// <summary>A ledger with its Worker.</summary>
    private sealed class Place : IAsyncDisposable
    {
        private readonly TestDatabase _database;
        private readonly WorkerStages _worker;
        private readonly IdleTasks _tasks;
        private readonly List<double> _whole = [];
        private DateOnly _next = new(2026, 1, 1);

        private Place(TestDatabase database, WorkerStages worker, IdleTasks tasks) => (_database, _worker, _tasks) = (database, worker, tasks);

        public static async Task<Place> CreateAsync(EmbeddedServers servers, int pastRuns, CancellationToken cancellationToken)
        {
            var database = await servers.CreateDatabaseAsync(cancellationToken);
            var tasks = new IdleTasks();
            var worker = await WorkerStages.StartAsync(
                new() { ["ConnectionStrings:warehouse"] = database.ConnectionString },
                builder =>
                {
                    builder.Services.AddSingleton(tasks.Definition);
                    builder.AddPipelineRunner();
                },
                cancellationToken);
            await PastRuns.EnterAsync(database.DataSource, tasks.Definition, pastRuns, cancellationToken);
            var place = new Place(database, worker, tasks);
            // What is only slow once: connections, plans, compiled methods.
            await place.RunAsync(dates: 5, cancellationToken);
            tasks.Gaps.Clear();
            place._whole.Clear();
            return place;
        }

        /// <summary>Runs dates one after the other, each as its own request, as the schedule does.</summary>
        public async Task RunAsync(int dates, CancellationToken cancellationToken)
        {
            var runner = _worker.Services.GetRequiredService<PipelineRunner>();
            for (var index = 0; index < dates; index++, _next = _next.AddDays(1))
            {
                var started = Stopwatch.GetTimestamp();
                _tasks.Forget();
                await runner.QueueAsync([_next], RunTrigger.Schedule, again: false, force: false, cancellationToken);
                var ended = await runner.WorkAsync([_next], new WorkOptions(), progress: null, cancellationToken);
                _whole.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                if (ended[_next].State is not TaskState.Success)
                {
                    throw new InvalidOperationException($"{_next:O}: {ended[_next].Error}");
                }
            }
        }

        /// <returns>The median over all gaps, in milliseconds.</returns>
        public double Report(string name)
        {
            var all = Median(_tasks.Gaps.SelectMany(gap => gap.Value));
            var gaps = string.Join(", ", _tasks.Gaps.Select(gap => string.Create(CultureInfo.InvariantCulture, $"{gap.Key} {Median(gap.Value):F1}")));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{name,-20} {all,6:F1} ms between two tasks   (before {gaps}; a whole run {Median(_whole):F1} ms)"));
            return all;
        }

        public async ValueTask DisposeAsync()
        {
            await _worker.DisposeAsync();
            await _database.DisposeAsync();
        }

        private static double Median(IEnumerable<double> values)
        {
            double[] ordered = [.. values.Order()];
            return ordered[ordered.Length / 2];
        }
    }
}
