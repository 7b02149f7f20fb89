using System.CommandLine;
using Platform.ServiceDefaults;
using Platform.Worker.Pipeline;
using Platform.Worker.Pipeline.Backfills;

namespace Platform.Worker.Operate.Cli.Backfills;

/// <summary><c>backfill list|show ID|resume ID</c></summary>
internal static class BackfillCommands
{
    public static void AddTo(Command backfill, VerbSession session)
    {
        backfill.Add(List(session));
        backfill.Add(Show(session));
        backfill.Add(Resume(session));
    }

    private static Command List(VerbSession session)
    {
        var limit = new Option<int>("--limit") { Description = "How many backfills to show.", DefaultValueFactory = _ => 10 };
        var json = JsonOutput.Option();
        var command = new Command("list", "The latest backfills and how far they are.") { limit, json };
        command.SetAction((arguments, cancellationToken) => session.RunAsync(
            arguments,
            [WarehouseNames.Connection],
            async services =>
            {
                var backfills = await services.GetRequiredService<BackfillLedger>().LatestAsync(Math.Max(1, arguments.GetValue(limit)), cancellationToken);
                await (arguments.GetValue(json) ? JsonOutput.WriteAsync(new { backfills }) : WriteAsync(backfills));
                return ExitCode.Success;
            },
            cancellationToken));
        return command;
    }

    private static Command Show(VerbSession session)
    {
        var id = Id();
        var json = JsonOutput.Option();
        var command = new Command("show", "One backfill.") { id, json };
        command.SetAction((arguments, cancellationToken) => session.RunAsync(
            arguments,
            [WarehouseNames.Connection],
            async services =>
            {
                var backfill = await services.GetRequiredService<BackfillLedger>().FindAsync(arguments.GetValue(id), cancellationToken)
                    ?? throw No(arguments.GetValue(id));
                await (arguments.GetValue(json) ? JsonOutput.WriteAsync(backfill) : WriteAsync([backfill]));
                return ExitCode.Success;
            },
            cancellationToken));
        return command;
    }

    private static Command Resume(VerbSession session)
    {
        var id = Id();
        var wait = PipelineVerb.Wait();
        var json = JsonOutput.Option();
        var command = new Command("resume", "Go on with a backfill: with what is queued of it, and again with what failed or was cancelled.") { id, wait, json };
        command.SetAction((arguments, cancellationToken) => session.RunAsync(
            arguments,
            [WarehouseNames.Connection, LandingNames.Connection],
            async services =>
            {
                var backfills = services.GetRequiredService<BackfillLedger>();
                var asked = arguments.GetValue(id);
                _ = await backfills.ResumeAsync(asked, OperatorName.OfVerb, cancellationToken) ?? throw No(asked);
                var backfill = (await backfills.FindAsync(asked, cancellationToken))!;
                return await PipelineVerb.WorkAsync(
                    services, [.. new DataDateRange(backfill.From, backfill.To).Dates], asked, arguments.GetValue(wait), arguments.GetValue(json),
                    cancellationToken);
            },
            cancellationToken));
        return command;
    }

    private static Argument<long> Id() => new("id") { Description = "The backfill's id." };

    private static ConfigurationFaultException No(long id) => new($"There is no backfill {id}; 'backfill list' shows the latest.");

    private static Task WriteAsync(IReadOnlyList<BackfillRecord> backfills) => TextTable.WriteAsync(
        ["id", "from", "to", "state", "dates", "ended", "failed", "left", "by"],
        backfills.Select(backfill => (string[])
        [
            $"{backfill.Id}", $"{backfill.From:O}", $"{backfill.To:O}", backfill.State, $"{backfill.Dates}", $"{backfill.Ended}", $"{backfill.Failed}",
            backfill.SecondsLeft is { } left ? $"{TimeSpan.FromSeconds(Math.Round(left))}" : "", backfill.RequestedBy,
        ]));
}
