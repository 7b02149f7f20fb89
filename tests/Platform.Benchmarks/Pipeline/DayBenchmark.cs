using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.ServiceDefaults;
using Platform.Testing;
using Platform.Worker.Contracts;
using Platform.Worker.Landing;
using Platform.Worker.Loading;
using Platform.Worker.Pipeline;
using Platform.Worker.Sources;
using Platform.Worker.Transform;

namespace Platform.Benchmarks.Pipeline;

/// <summary>
/// Days of the whole pipeline at the default volume in a warm process, from the request to published marts: the days 8 to 12 one by one,
/// a backfill up to a later day, and the five days after it one by one. Goals: a day 3 s, 365 days in 5 minutes, a late day 1.1 of an early one.
/// </summary>
internal sealed class DayBenchmark : IBenchmark
{
    private const int DefaultDays = 1000;
    private const int Early = 7;
    private const int Measured = 5;
    private const double DayGoalSeconds = 3;
    private const double YearGoalSeconds = 300;
    private const double GrowthGoal = 1.1;

    private static readonly DateOnly First = new(2023, 1, 2);

    public string Name => "day";

    public string Description => "a day from schedule to published, a backfill, and how a late day compares with an early one; SIZE is the late day";

    public async Task RunAsync(int? size, CancellationToken cancellationToken)
    {
        var last = size ?? DefaultDays;
        await using var servers = new EmbeddedServers();
        await using var database = await servers.CreateDatabaseAsync(cancellationToken);
        await using var container = await servers.CreateContainerAsync(cancellationToken);
        await using var worker = await WorkerStages.StartAsync(
            new()
            {
                ["ConnectionStrings:warehouse"] = database.ConnectionString,
                ["ConnectionStrings:landing"] = container.ConnectionString,
                [LandingNames.ContainerKey] = container.Name,
            },
            builder =>
            {
                builder.AddLandingContainer();
                builder.AddLanding();
                builder.AddContracts();
                builder.AddMockData();
                builder.AddLoading();
                builder.AddTransform();
                builder.AddPipeline();
            },
            cancellationToken);
        var runner = worker.Services.GetRequiredService<PipelineRunner>();

        await RunAsync(runner, First, Early, cancellationToken);
        var early = await DaysAsync("early", Early);
        var done = Early + Measured;
        var started = Stopwatch.GetTimestamp();
        await RunAsync(runner, First.AddDays(done), last - done, cancellationToken);
        var backfill = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var late = await DaysAsync("late", last);
        var perMinute = (last - done) / backfill * 60;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{last - done} days backfilled in {backfill:F1} s: {perMinute:F0} days a minute; {Environment.ProcessorCount} cores"));
        await PrintModelsAsync(database.DataSource, cancellationToken);
        Measure.ConcludeSeconds($"{Name}-year", 365 / perMinute * 60, YearGoalSeconds);
        Measure.Conclude($"{Name}-growth", late / early, GrowthGoal, atMost: true);
        Measure.ConcludeSeconds(Name, late, DayGoalSeconds);

        async Task<double> DaysAsync(string name, int from)
        {
            var times = new List<double>();
            for (var day = from; day < from + Measured; day++)
            {
                var began = Stopwatch.GetTimestamp();
                await RunAsync(runner, First.AddDays(day), 1, cancellationToken);
                times.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
            }

            var median = times.Order().ElementAt(Measured / 2);
            var all = string.Join(" ", times.Select(time => time.ToString("F2", CultureInfo.InvariantCulture)));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{name} days {from + 1} to {from + Measured}: {median:F2} s   ({all} s){await TasksAsync(First.AddDays(from))}"));
            return median;
        }

        async Task<string> TasksAsync(DateOnly from)
        {
            await using var command = database.DataSource.CreateCommand(
                """
                select string_agg(task || ' ' || seconds, ', ' order by position) from (
                    select task, position, round(percentile_cont(0.5) within group (order by extract(epoch from finished_at - started_at))::numeric, 2) as seconds
                    from meta.task_run where data_date >= $1 and data_date < $1 + $2 group by task, position) median
                """);
            command.Parameters.AddWithValue(from);
            command.Parameters.AddWithValue(Measured);
            return $"   {await command.ExecuteScalarAsync(cancellationToken)}";
        }
    }

    private static async Task RunAsync(PipelineRunner runner, DateOnly from, int days, CancellationToken cancellationToken)
    {
        DateOnly[] dates = [.. Enumerable.Range(0, days).Select(from.AddDays)];
        await runner.QueueAsync(dates, RunTrigger.Backfill, again: false, force: false, cancellationToken);
        var ended = await runner.WorkAsync(dates, new WorkOptions(), progress: null, cancellationToken);
        if (ended.Values.FirstOrDefault(end => end.State is not TaskState.Success) is { } failed)
        {
            throw new InvalidOperationException(failed.Error);
        }
    }

    /// <summary>The nodes that grew most between the first build of one day and the last.</summary>
    private static async Task PrintModelsAsync(NpgsqlDataSource warehouse, CancellationToken cancellationToken)
    {
        await using var command = warehouse.CreateCommand(
            """
            with day as (
                select invocation_id, row_number() over (order by started_at) as number, count(*) over () as total
                from meta.invocation where success and data_date_from = data_date_to),
            spent as (
                select unique_id,
                    percentile_cont(0.5) within group (order by execution_seconds) filter (where number <= $1) as early,
                    percentile_cont(0.5) within group (order by execution_seconds) filter (where number > total - $1) as late
                from meta.node_result join day using (invocation_id) group by unique_id)
            select unique_id, early, late from spent where late is not null order by late - coalesce(early, 0) desc limit 12
            """);
        command.Parameters.AddWithValue(Measured);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {reader.GetString(0),-90} {(reader.IsDBNull(1) ? 0 : reader.GetDouble(1)) * 1000,7:F0} ms -> {reader.GetDouble(2) * 1000,7:F0} ms"));
        }
    }
}
