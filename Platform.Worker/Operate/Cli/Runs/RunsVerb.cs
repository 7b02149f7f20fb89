using System.CommandLine;
using Platform.ServiceDefaults;
using Platform.Worker.Pipeline;
using Platform.Worker.Pipeline.Control;
using Platform.Worker.Pipeline.Logs;

namespace Platform.Worker.Operate.Cli.Runs;

/// <summary><c>runs list|show|clear|cancel|logs|diff</c></summary>
internal static class RunsVerb
{
    public static Command Create(VerbSession session) => new("runs", "Look at runs, their logs and what they changed, do them again, cancel them.")
    {
        List(session), Show(session), RunsClearCommand.Create(session), Cancel(session), RunsLogsCommand.Create(session),
        RunsDiffCommand.Create(session),
    };

    private static Command List(VerbSession session)
    {
        var limit = new Option<int>("--limit") { Description = "How many runs to show.", DefaultValueFactory = _ => 30 };
        var state = new Option<string?>("--state") { Description = "Only runs in this state: queued, running, waiting, success, failed, cancelled." };
        var after = new Option<string?>("--after") { Description = "The next page: what the page before told as next." };
        var json = JsonOutput.Option();
        var command = new Command("list", "The runs requested last.") { limit, state, after, json };
        var dates = new DateRangeOptions(command, required: false);
        command.SetAction((arguments, cancellationToken) => session.RunAsync(
            arguments,
            [WarehouseNames.Connection],
            async services =>
            {
                var range = dates.Read(arguments);
                var query = new RunQuery(Math.Max(1, arguments.GetValue(limit)))
                {
                    State = arguments.GetValue(state), From = range?.From, To = range?.To, After = arguments.GetValue(after),
                };
                var runs = await services.GetRequiredService<RunHistory>().ListAsync(query, cancellationToken);
                var next = runs.Count == query.Limit ? runs[^1].Place() : null;
                if (arguments.GetValue(json))
                {
                    await JsonOutput.WriteAsync(new { runs, next });
                    return ExitCode.Success;
                }
                await TextTable.WriteAsync(["data date", "state", "trigger", "attempt", "tasks", "error"], runs.Select(run => (string[])
                [
                    $"{run.DataDate:O}", run.State, run.Trigger, $"{run.Attempt}", string.Join(' ', run.Tasks.Select(task => $"{task.Task}={task.State}")), run.Error ?? "",
                ]));
                if (next is not null)
                {
                    await Console.Error.WriteLineAsync($"More with --after {next}");
                }
                return ExitCode.Success;
            },
            cancellationToken));
        return command;
    }

    private static Command Show(VerbSession session)
    {
        var date = DataDateOption.Create("--date", "The data date.", required: true);
        var json = JsonOutput.Option();
        var command = new Command("show", "The run of a data date with every attempt of its tasks: inputs, outputs, errors.") { date, json };
        command.SetAction((arguments, cancellationToken) => session.RunAsync(
            arguments,
            [WarehouseNames.Connection],
            async services =>
            {
                var day = arguments.GetRequiredValue(date)!.Value;
                var run = await services.GetRequiredService<RunHistory>().FindAsync(day, cancellationToken)
                    ?? throw new ConfigurationFaultException($"No run of {day:O} was ever requested. 'run --date {day:O}' does it.");
                var attempts = await services.GetRequiredService<TaskLogReader>().AttemptsAsync(run.Pipeline, day, task: null, cancellationToken);
                if (arguments.GetValue(json))
                {
                    await JsonOutput.WriteAsync(new { run, attempts });
                    return ExitCode.Success;
                }
                await Console.Out.WriteLineAsync($"{run.DataDate:O} {run.State} {run.Trigger}{(run.Error is null ? "" : $" ({run.ErrorClass}) {run.Error}")}");
                await TextTable.WriteAsync(["id", "task", "attempt", "state", "took", "rows", "worker", "error"], attempts.Select(attempt => (string[])
                [
                    $"{attempt.Id}", attempt.Task, $"{attempt.Attempt}", attempt.State,
                    attempt.FinishedAt is { } end ? FormattableString.Invariant($"{(end - attempt.StartedAt).TotalSeconds:0.0} s") : "", $"{attempt.Rows}",
                    attempt.Worker, attempt.Error is null ? "" : $"({attempt.ErrorClass}) {attempt.Error}",
                ]));
                return ExitCode.Success;
            },
            cancellationToken));
        return command;
    }

    private static Command Cancel(VerbSession session)
    {
        var why = new Option<string?>("--why") { Description = "The reason, for the audit log." };
        var json = JsonOutput.Option();
        var command = new Command("cancel", "Cancel runs that have not ended, whichever Worker runs them.") { why, json };
        var dates = new DateRangeOptions(command, required: true);
        command.SetAction((arguments, cancellationToken) => session.RunAsync(
            arguments,
            [WarehouseNames.Connection],
            async services =>
            {
                var (cancelled, asked) = await services.GetRequiredService<RunControl>().CancelAsync(
                    dates.Read(arguments)!.Value, OperatorName.OfVerb, arguments.GetValue(why), cancellationToken);
                if (arguments.GetValue(json))
                {
                    await JsonOutput.WriteAsync(new { cancelled, asked });
                    return ExitCode.Success;
                }
                await Console.Out.WriteLineAsync($"{cancelled.Count} runs cancelled.");
                if (asked.Count > 0)
                {
                    await Console.Out.WriteLineAsync($"{asked.Count} runs are being ended by the Worker that runs them.");
                }
                return ExitCode.Success;
            },
            cancellationToken));
        return command;
    }
}
