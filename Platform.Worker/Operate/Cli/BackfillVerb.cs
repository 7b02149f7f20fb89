using System.CommandLine;
using Platform.Worker.Operate.Cli.Backfills;
using Platform.Worker.Pipeline;
using Platform.Worker.Pipeline.Backfills;

namespace Platform.Worker.Operate.Cli;

/// <summary><c>backfill --from D --to D [--newest-first] [--parallel N] [--force] [--wait]</c>, and <c>backfill list|show|resume</c></summary>
internal static class BackfillVerb
{
    public static Command Create(VerbSession session)
    {
        var from = DataDateOption.Create("--from", "The first data date.");
        var to = DataDateOption.Create("--to", "The last data date, included.");
        var newest = new Option<bool>("--newest-first") { Description = "Begin with the newest data dates; otherwise with the oldest." };
        var parallel = new Option<int?>("--parallel")
        {
            Description = "The most data dates that are loaded at once, by all Workers together. Default: what each Worker allows.",
        };
        var force = PipelineVerb.Force();
        var wait = PipelineVerb.Wait();
        var json = JsonOutput.Option();
        var command = new Command("backfill", "Run the pipeline for every data date of a range; the marts are built once per batch of dates.")
        {
            from, to, newest, parallel, force, wait, json,
        };
        BackfillCommands.AddTo(command, session);
        command.Validators.Add(result =>
        {
            if (result.Children.OfType<System.CommandLine.Parsing.CommandResult>().Any())
            {
                return;
            }
            if (result.GetValue(from) is null || result.GetValue(to) is null)
            {
                result.AddError("Give --from and --to, or list, show or resume.");
            }
            if (result.GetValue(parallel) is < 1 or > 64)
            {
                result.AddError("--parallel takes 1 to 64.");
            }
        });
        command.SetAction((arguments, cancellationToken) =>
        {
            var range = new DataDateRange(arguments.GetValue(from)!.Value, arguments.GetValue(to)!.Value);
            return PipelineVerb.RunAsync(
                session,
                arguments,
                range,
                async services => (await services.GetRequiredService<BackfillLedger>().RequestAsync(
                    new(range) { NewestFirst = arguments.GetValue(newest), Parallel = arguments.GetValue(parallel), Force = arguments.GetValue(force) },
                    OperatorName.OfVerb,
                    cancellationToken)).Id,
                arguments.GetValue(wait),
                arguments.GetValue(json),
                cancellationToken);
        });
        return command;
    }
}
