using System.CommandLine;
using Platform.ServiceDefaults;
using Platform.Worker.Pipeline;
using Platform.Worker.Pipeline.Control;
using Platform.Worker.Pipeline.Tasks;

namespace Platform.Worker.Operate.Cli;

/// <summary><c>pipeline show|pause|resume</c></summary>
internal static class PipelineStateVerb
{
    public static Command Create(VerbSession session) => new("pipeline", "The pipeline as a whole: look at it, pause it, resume it.")
    {
        Create(session, "show", "Whether it is paused, what is queued and running, its tasks.", change: null),
        Create(session, "pause", "Begin no data date any more; those under way go on to their end, and requests stay queued.",
            (pause, why, token) => pause.PauseAsync(EtlFullPipeline.Name, OperatorName.OfVerb, why, token)),
        Create(session, "resume", "Go on after a pause, with what is queued.",
            (pause, why, token) => pause.ResumeAsync(EtlFullPipeline.Name, OperatorName.OfVerb, why, token)),
    };

    /// <summary>The pause in words.</summary>
    public static string Describe(Pause pause) =>
        $"Paused since {pause.PausedAt.UtcDateTime:yyyy-MM-ddTHH:mmZ} by {pause.PausedBy}{(pause.Why is null ? "" : $": {pause.Why}")}";

    private static Command Create(
        VerbSession session, string name, string description, Func<PipelinePause, string?, CancellationToken, Task<bool>>? change)
    {
        var why = new Option<string?>("--why") { Description = "The reason, for the audit log." };
        var json = JsonOutput.Option();
        var command = new Command(name, description) { json };
        if (change is not null)
        {
            command.Add(why);
        }
        command.SetAction((arguments, cancellationToken) => session.RunAsync(
            arguments,
            // The landing's for the tasks that it shows.
            [WarehouseNames.Connection, LandingNames.Connection],
            async services =>
            {
                if (change is not null)
                {
                    await change(services.GetRequiredService<PipelinePause>(), arguments.GetValue(why), cancellationToken);
                }
                var status = await services.GetRequiredService<PipelineStatusReader>().ReadAsync(cancellationToken);
                if (arguments.GetValue(json))
                {
                    await JsonOutput.WriteAsync(status);
                    return ExitCode.Success;
                }
                await Console.Out.WriteLineAsync(
                    $"{status.Name}: {(status.Paused is { } paused ? Describe(paused) : "not paused")}; {status.Queued} queued, {status.Running} running, {status.Waiting} waiting");
                await TextTable.WriteAsync(["task", "after", "pool", "timeout"], status.Tasks.Select(task => (string[])
                [
                    task.Task, string.Join(' ', task.DependsOn), task.Pool ?? "", task.TimeoutSeconds is { } seconds ? $"{TimeSpan.FromSeconds(seconds)}" : "",
                ]));
                return ExitCode.Success;
            },
            cancellationToken));
        return command;
    }
}
