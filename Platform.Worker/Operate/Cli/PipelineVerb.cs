using System.CommandLine;
using Platform.ServiceDefaults;
using Platform.Worker.Pipeline;

namespace Platform.Worker.Operate.Cli;

/// <summary>What <c>run</c> and <c>backfill</c> share: queue the dates, work on them with progress, tell how they ended.</summary>
internal static class PipelineVerb
{
    public static Option<bool> Force() => new("--force") { Description = "Load again even what has not changed." };

    public static Option<bool> Wait() => new("--wait")
    {
        Description = "Wait for partitions that have not landed. Without it they are left to a running Worker, and the exit code is 4.",
    };

    public static Task<int> RunAsync(
        VerbSession session, ParseResult arguments, DataDateRange range, RunTrigger trigger, bool force, bool wait, CancellationToken cancellationToken) =>
        session.RunAsync(
            arguments,
            [WarehouseNames.Connection, LandingNames.Connection],
            async services =>
            {
                var newest = DataDates.NewestDue(services.GetRequiredService<TimeProvider>());
                if (range.Days < 1 || range.To > newest)
                {
                    throw new ConfigurationFaultException(range.Days < 1
                        ? $"The range ends on {range.To:O}, before it starts on {range.From:O}."
                        : $"{range.To:O} is not due yet; the newest data date that is due is {newest:O}.");
                }
                var runner = services.GetRequiredService<PipelineRunner>();
                DateOnly[] dates = [.. range.Dates];
                await runner.QueueAsync(dates, trigger, again: true, force, cancellationToken);
                // Ctrl+C means that the operator does not want it any more, so no other Worker takes it up.
                var work = new WorkOptions { WhenInterrupted = RunState.Cancelled, WaitForPartitions = wait };
                await ConsoleProgress.ShowAsync(
                    $"{runner.Pipeline} {range}", dates.Length * runner.TaskCount,
                    progress => runner.WorkAsync(dates, work, progress, cancellationToken));
                return await TellAsync(services.GetRequiredService<RunHistory>(), dates, cancellationToken);
            },
            cancellationToken);

    /// <summary>The ledger knows the end of every run, also of those that another Worker ran meanwhile.</summary>
    private static async Task<int> TellAsync(RunHistory history, IReadOnlyList<DateOnly> dates, CancellationToken cancellationToken)
    {
        var code = ExitCode.Success;
        var (succeeded, waiting) = (0, 0);
        foreach (var date in dates)
        {
            var run = await history.FindAsync(date, cancellationToken)
                ?? throw new DataFaultException($"The run of {date:O} is no longer in the ledger.");
            if (run.State == RunState.Success.Word())
            {
                succeeded++;
                continue;
            }
            await Console.Error.WriteLineAsync($"{date:O} {run.State}: {run.Error}");
            if (run.State == RunState.Waiting.Word())
            {
                waiting++;
                continue;
            }
            code = Math.Max(code, run.ErrorClass is { } fault ? ExitCode.Of(FaultClassifier.OfWord(fault)) : ExitCode.Data);
        }
        if (waiting > 0)
        {
            await Console.Error.WriteLineAsync(
                $"{waiting} of {dates.Count} data dates wait for a partition. A running Worker goes on with them when it has landed; --wait does so here.");
        }
        await Console.Out.WriteLineAsync($"{succeeded} of {dates.Count} data dates succeeded.");
        return code == ExitCode.Success && waiting > 0 ? ExitCode.Waiting : code;
    }
}
