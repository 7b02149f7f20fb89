using System.CommandLine;
using Platform.ServiceDefaults;
using Platform.Worker.Pipeline;
using Platform.Worker.Pipeline.Backfills;

namespace Platform.Worker.Operate.Cli;

/// <summary>What <c>run</c> and <c>backfill</c> share: queue the dates, work on them with progress, tell how they ended.</summary>
internal static class PipelineVerb
{
    public static Option<bool> Force() => new("--force") { Description = "Load again even what has not changed." };

    public static Option<bool> Wait() => new("--wait")
    {
        Description = "Wait for partitions that have not landed. Without it they are left to a running Worker, and the exit code is 4.",
    };

    /// <param name="session">What runs the verb.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="range">The data dates.</param>
    /// <param name="queue">Queues the dates; tells the backfill's id, if it is one.</param>
    /// <param name="wait">Wait for partitions that have not landed.</param>
    /// <param name="json">Write the runs as JSON.</param>
    /// <param name="cancellationToken">Ctrl+C.</param>
    public static Task<int> RunAsync(
        VerbSession session,
        ParseResult arguments,
        DataDateRange range,
        Func<IServiceProvider, Task<long?>> queue,
        bool wait,
        bool json,
        CancellationToken cancellationToken) =>
        session.RunAsync(
            arguments,
            [WarehouseNames.Connection, LandingNames.Connection],
            async services =>
            {
                var dataDates = services.GetRequiredService<DataDates>();
                if (RequestedRange.Refusal(range, dataDates.Newest) is { } refusal)
                {
                    throw new ConfigurationFaultException(refusal);
                }
                var backfill = await queue(services);
                // One date is asked for by name, day off or not.
                DateOnly[] dates = [.. backfill is null ? range.Dates : dataDates.In(range)];
                return await WorkAsync(services, dates, backfill, wait, json, cancellationToken);
            },
            cancellationToken);

    /// <summary>Works on dates that are queued, beside other Workers, and tells how they ended.</summary>
    public static async Task<int> WorkAsync(
        IServiceProvider services, IReadOnlyList<DateOnly> dates, long? backfill, bool wait, bool json, CancellationToken cancellationToken)
    {
        var runner = services.GetRequiredService<PipelineRunner>();
        var title = backfill is null ? $"{runner.Pipeline} {new DataDateRange(dates[0], dates[^1])}" : $"backfill {backfill}";
        // Ctrl+C means that the operator does not want it any more, so no other Worker takes it up.
        var work = new WorkOptions { WhenInterrupted = RunState.Cancelled, WaitForPartitions = wait };
        await using var progress = new ConsoleProgress(
            title, dates.Count * runner.TaskCount, toError: json,
            backfill is { } id ? token => services.GetRequiredService<BackfillLedger>().FindAsync(id, token) : null);
        await progress.ShowAsync(tell => runner.WorkAsync(dates, work, tell, cancellationToken), cancellationToken);
        return await TellAsync(services, dates, backfill, json, cancellationToken);
    }

    /// <summary>The ledger knows the end of every run, also of those that another Worker ran meanwhile.</summary>
    private static async Task<int> TellAsync(
        IServiceProvider services, IReadOnlyList<DateOnly> dates, long? backfill, bool json, CancellationToken cancellationToken)
    {
        var asked = dates.ToHashSet();
        var runs = (await services.GetRequiredService<RunHistory>().ListAsync(
                new(int.MaxValue) { From = dates[0], To = dates[^1] }, cancellationToken))
            .Where(run => asked.Contains(run.DataDate)).OrderBy(run => run.DataDate).ToList();
        var code = ExitCode.Success;
        foreach (var run in runs.Where(run => run.State != RunState.Success.Word()))
        {
            await Console.Error.WriteLineAsync($"{run.DataDate:O} {run.State}{(run.Error is null ? "" : $": {run.Error}")}");
        }
        foreach (var run in runs.Where(run => run.State == RunState.Failed.Word() || run.State == RunState.Cancelled.Word()))
        {
            code = Math.Max(code, run.ErrorClass is { } fault ? ExitCode.Of(FaultClassifier.OfWord(fault)) : ExitCode.Data);
        }
        var waiting = runs.Count(run => run.State == RunState.Waiting.Word());
        var queued = runs.Count(run => run.State == RunState.Queued.Word() || run.State == RunState.Running.Word());
        if (waiting > 0)
        {
            await Console.Error.WriteLineAsync(
                $"{waiting} of {dates.Count} data dates wait for a partition. A running Worker goes on with them when it has landed; --wait does so here.");
        }
        if (queued > 0)
        {
            await Console.Error.WriteLineAsync($"The pipeline is paused. {queued} of {dates.Count} data dates stay queued until 'pipeline resume'.");
        }
        await (json
            ? JsonOutput.WriteAsync(new { backfill, runs })
            : Console.Out.WriteLineAsync($"{runs.Count(run => run.State == RunState.Success.Word())} of {dates.Count} data dates succeeded."));
        return code == ExitCode.Success && waiting + queued > 0 ? ExitCode.Waiting : code;
    }
}
