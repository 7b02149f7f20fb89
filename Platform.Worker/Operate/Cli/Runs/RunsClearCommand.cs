using System.CommandLine;
using Platform.ServiceDefaults;
using Platform.Worker.Pipeline;
using Platform.Worker.Pipeline.Control;

namespace Platform.Worker.Operate.Cli.Runs;

/// <summary><c>runs clear --date D | --from D --to D [--task T [--only]] [--failed] [--force] [--work]</c></summary>
internal static class RunsClearCommand
{
    public static Command Create(VerbSession session)
    {
        var task = new Option<string?>("--task") { Description = "Do this task again and all after it; without it, all tasks." };
        var only = new Option<bool>("--only") { Description = "With --task: this task alone." };
        var failed = new Option<bool>("--failed") { Description = "Only runs that failed or were cancelled." };
        var force = PipelineVerb.Force();
        var work = new Option<bool>("--work") { Description = "Work on the runs here and now; otherwise a running Worker takes them up." };
        var json = JsonOutput.Option();
        var command = new Command("clear", "Do runs that have ended again, or a part of their tasks. What is queued, running or waiting is left alone.")
        {
            task, only, failed, force, work, json,
        };
        var dates = new DateRangeOptions(command, required: true);
        command.Validators.Add(result =>
        {
            if (result.GetValue(only) && result.GetValue(task) is null)
            {
                result.AddError("--only goes with --task.");
            }
        });
        command.SetAction((arguments, cancellationToken) => session.RunAsync(
            arguments,
            arguments.GetValue(work) ? [WarehouseNames.Connection, LandingNames.Connection] : [WarehouseNames.Connection],
            async services =>
            {
                var request = new ClearRequest(dates.Read(arguments)!.Value)
                {
                    Task = arguments.GetValue(task), Only = arguments.GetValue(only), Failed = arguments.GetValue(failed), Force = arguments.GetValue(force),
                };
                var queued = await services.GetRequiredService<RunControl>().ClearAsync(request, OperatorName.OfVerb, cancellationToken);
                if (arguments.GetValue(work) && queued.Count > 0)
                {
                    return await PipelineVerb.WorkAsync(services, queued, backfill: null, wait: false, arguments.GetValue(json), cancellationToken);
                }
                await (arguments.GetValue(json)
                    ? JsonOutput.WriteAsync(new { queued })
                    : Console.Out.WriteLineAsync($"{queued.Count} runs queued again."));
                return ExitCode.Success;
            },
            cancellationToken));
        return command;
    }
}
