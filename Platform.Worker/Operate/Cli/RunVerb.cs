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
        var json = JsonOutput.Option();
        var command = new Command("run", "Run the pipeline for one data date, whether or not it has succeeded before.") { date, force, wait, json };
        command.SetAction((arguments, cancellationToken) =>
        {
            var day = arguments.GetRequiredValue(date)!.Value;
            return PipelineVerb.RunAsync(
                session,
                arguments,
                new(day, day),
                async services =>
                {
                    var runner = services.GetRequiredService<PipelineRunner>();
                    var order = new RunOrder(RunTrigger.Manual)
                    {
                        Again = true,
                        Force = arguments.GetValue(force),
                        By = new(OperatorName.OfVerb, "run.request", $"{runner.Pipeline} {day:O}", new { force = arguments.GetValue(force) }),
                    };
                    await runner.QueueAsync([day], order, cancellationToken);
                    return null;
                },
                arguments.GetValue(wait),
                arguments.GetValue(json),
                cancellationToken);
        });
        return command;
    }
}
