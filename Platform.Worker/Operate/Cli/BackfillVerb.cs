using System.CommandLine;
using Platform.Worker.Pipeline;

namespace Platform.Worker.Operate.Cli;

/// <summary><c>backfill --from D --to D [--force] [--wait]</c></summary>
internal static class BackfillVerb
{
    public static Command Create(VerbSession session)
    {
        var from = DataDateOption.Create("--from", "The first data date.", required: true);
        var to = DataDateOption.Create("--to", "The last data date, included.", required: true);
        var force = PipelineVerb.Force();
        var wait = PipelineVerb.Wait();
        var command = new Command("backfill", "Run the pipeline for every data date of a range; the marts are built once per batch of dates.")
        {
            from, to, force, wait,
        };
        command.SetAction((arguments, cancellationToken) => PipelineVerb.RunAsync(
            session,
            arguments,
            new(arguments.GetRequiredValue(from)!.Value, arguments.GetRequiredValue(to)!.Value),
            RunTrigger.Backfill,
            arguments.GetValue(force),
            arguments.GetValue(wait),
            cancellationToken));
        return command;
    }
}
