using System.Diagnostics;
using System.Globalization;
using Platform.Testing;

namespace Platform.Benchmarks.Pipeline;

/// <summary>
/// What a Worker takes that has nothing to do: its own executable (a published one with --worker), after it has caught up SIZE days, for a minute.
/// Goals: 1% of a core, 150 MB of its own.
/// </summary>
/// <param name="program">The Worker, its program or dotnet and its .dll.</param>
internal sealed class IdleBenchmark(IReadOnlyList<string> program) : IBenchmark
{
    private const int DefaultDays = 5;
    private const double PercentGoal = 1;
    private const double MegabytesGoal = 150;

    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(60);

    public string Name => "idle";

    public string Description => "CPU and memory of a Worker that has caught up SIZE days and waits";

    public async Task RunAsync(int? size, CancellationToken cancellationToken)
    {
        var days = size ?? DefaultDays;
        await using var servers = new EmbeddedServers();
        await using var database = await servers.CreateDatabaseAsync(cancellationToken);
        await using var container = await servers.CreateContainerAsync(cancellationToken);
        using var worker = Start(database, container, days);
        try
        {
            await CaughtUpAsync(database, days, worker, cancellationToken);
            await Task.Delay(Settle, cancellationToken);
            var before = worker.TotalProcessorTime;
            var started = Stopwatch.GetTimestamp();
            await Task.Delay(Watched, cancellationToken);
            worker.Refresh();
            var percent = (worker.TotalProcessorTime - before) / Stopwatch.GetElapsedTime(started) * 100;
            var memory = ProcessMemory.Of(worker);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"after {days} days, {Watched.TotalSeconds:F0} s: {percent:F2}% of a core, {memory.Own / 1e6:F0} MB of its own, "
                + $"{memory.Resident / 1e6:F0} MB resident with pages of files; {Environment.ProcessorCount} cores"));
            Measure.ConcludeMegabytes($"{Name}-memory", memory.Own / 1e6, MegabytesGoal);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Name} {percent:F2}% goal {PercentGoal} {(percent <= PercentGoal ? "met" : "missed")}"));
        }
        finally
        {
            worker.Kill();
            await worker.WaitForExitAsync(CancellationToken.None);
        }
    }

    private Process Start(TestDatabase database, TestContainer container, int days)
    {
        var start = new ProcessStartInfo(program[0], program.Skip(1)) { WorkingDirectory = AppContext.BaseDirectory };
        start.Environment["ConnectionStrings__warehouse"] = database.ConnectionString;
        start.Environment["ConnectionStrings__landing"] = container.ConnectionString;
        start.Environment["Landing__Container"] = container.Name;
        start.Environment["Pipeline__CatchUpDays"] = days.ToString(CultureInfo.InvariantCulture);
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        return Process.Start(start)!;
    }

    private static async Task CaughtUpAsync(TestDatabase database, int days, Process worker, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(500, cancellationToken);
            if (worker.HasExited)
            {
                throw new InvalidOperationException($"The Worker ended with {worker.ExitCode}.");
            }

            await using var command = database.DataSource.CreateCommand(
                "select to_regclass('meta.pipeline_run') is not null and (select count(*) from pg_tables where schemaname = 'analytics') > 0");
            if (await command.ExecuteScalarAsync(cancellationToken) is not true)
            {
                continue;
            }

            await using var runs = database.DataSource.CreateCommand("select count(*) from meta.pipeline_run where state = 'success'");
            if ((long)(await runs.ExecuteScalarAsync(cancellationToken))! >= days)
            {
                return;
            }
        }
    }
}
