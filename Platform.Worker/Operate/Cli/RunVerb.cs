using System.CommandLine;
using Platform.Worker.Pipeline;

namespace Platform.Worker.Operate.Cli;

/// <summary><c>run --date D [--force] [--wait]</c></summary>
internal static class RunVerb
{
    public static Command Create(VerbSession session)
    {
        var date = DataDateOption.Create("--date", "The data date to run.", required: true);
        var force = PipelineVerb.Force();
        var wait = PipelineVerb.Wait();
        var command = new Command("run", "Run the pipeline for one data date, whether or not it has succeeded before.") { date, force, wait };
        command.SetAction((arguments, cancellationToken) =>
        {
            var day = arguments.GetRequiredValue(date)!.Value;
            return PipelineVerb.RunAsync(
                session, arguments, new(day, day), RunTrigger.Manual, arguments.GetValue(force), arguments.GetValue(wait), cancellationToken);
        });
        return command;
    }
}
