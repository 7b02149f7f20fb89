using System.CommandLine;
using System.Globalization;
using Npgsql;
using Platform.ServiceDefaults;
using Platform.Worker.Loading.Quarantine;
using Platform.Worker.Pipeline;

namespace Platform.Worker.Operate.Cli.Quarantine;

/// <summary><c>quarantine replay [ID...] [--all-or-none] --why ...</c></summary>
internal static class QuarantineReplayCommand
{
    private const int MostReasons = 50;
    private const int MostDates = 10;

    public static Command Create(VerbSession session)
    {
        var allOrNone = new Option<bool>("--all-or-none") { Description = "Leave a partition as it is unless every row of it passes that is asked for." };
        var why = QuarantineVerb.Why();
        var json = JsonOutput.Option();
        var command = new Command("replay", "Put rows, corrected or as they came, through the checks again, and those that pass into the facts. Exit code 1 when any does not.") { allOrNone, why, json };
        var selection = new QuarantineSelection(command, defaultStates: null, changes: true);
        command.SetAction((arguments, cancellationToken) => session.RunAsync(
            arguments,
            [WarehouseNames.Connection],
            async services =>
            {
                // As for a load: no build reads the facts meanwhile.
                await using var facts = await FactsLock.SharedAsync(services.GetRequiredService<NpgsqlDataSource>(), cancellationToken);
                var result = await services.GetRequiredService<QuarantineReplay>().ReplayAsync(
                    selection.Read(arguments), arguments.GetValue(allOrNone), QuarantineVerb.Actor(arguments.GetRequiredValue(why)), cancellationToken);
                await (arguments.GetValue(json) ? JsonOutput.WriteAsync(result) : WriteAsync(result));
                return result.Rejected == 0 && result.Refused.Count == 0 ? ExitCode.Success : ExitCode.Data;
            },
            cancellationToken));
        return command;
    }

    private static async Task WriteAsync(ReplayResult result)
    {
        foreach (var refused in result.Refused)
        {
            await Console.Error.WriteLineAsync(refused);
        }

        foreach (var reason in result.Reasons.Take(MostReasons))
        {
            await Console.Error.WriteLineAsync(
                $"row {reason.Id.ToString(CultureInfo.InvariantCulture)} of {reason.Domain}.{reason.Dataset} {reason.Partition:yyyy-MM-dd}: {reason.Rule}: {reason.Reason}");
        }

        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{result.Replayed} rows replayed, {result.Rejected} stay in quarantine."));
        if (result.StaleDates is [var first, ..] dates)
        {
            var all = string.Join(", ", dates.Take(MostDates).Select(Day)) + (dates.Count > MostDates ? ", ..." : "");
            await Console.Out.WriteLineAsync($"The next run builds again: {all}. At once: 'run --date {Day(first)}'.");
        }
    }

    private static string Day(DateOnly date) => date.ToString("O", CultureInfo.InvariantCulture);
}
