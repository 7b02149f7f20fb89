using System.CommandLine;
using System.Globalization;
using Platform.ServiceDefaults;
using Platform.Worker.Loading.Quarantine;
using Platform.Worker.Pipeline;

namespace Platform.Worker.Operate.Cli.Quarantine;

/// <summary><c>quarantine discard [ID...] --why ...</c></summary>
internal static class QuarantineDiscardCommand
{
    public static Command Create(VerbSession session)
    {
        var why = QuarantineVerb.Why();
        var json = JsonOutput.Option();
        var command = new Command("discard", "Give rows up for good. They stay in quarantine and are no longer open; replayed ones, by id, leave the facts with the next run of their date.") { why, json };
        var selection = new QuarantineSelection(command, defaultStates: null, changes: true);
        command.SetAction((arguments, cancellationToken) => session.RunAsync(
            arguments,
            [WarehouseNames.Connection],
            async services =>
            {
                var result = await services.GetRequiredService<QuarantineDiscard>().DiscardAsync(
                    selection.Read(arguments), QuarantineVerb.Actor(arguments.GetRequiredValue(why)), cancellationToken);
                await (arguments.GetValue(json) ? JsonOutput.WriteAsync(result) : WriteAsync(result));
                return ExitCode.Success;
            },
            cancellationToken));
        return command;
    }

    private static async Task WriteAsync(DiscardResult result)
    {
        await Console.Out.WriteLineAsync($"{result.Discarded.ToString(CultureInfo.InvariantCulture)} rows discarded.");
        foreach (var date in result.LoadedDates)
        {
            await Console.Out.WriteLineAsync($"The facts of {date:yyyy-MM-dd} have some of them until 'run --date {date:yyyy-MM-dd}'.");
        }
    }
}
