using System.CommandLine;
using System.Text.Json;
using Platform.ServiceDefaults;
using Platform.Worker.Pipeline;
using Platform.Worker.Pipeline.Control;
using Platform.Worker.Pipeline.Tasks;
using Spectre.Console;

namespace Platform.Worker.Operate.Cli;

/// <summary><c>status [--limit N] [--json]</c></summary>
internal static class StatusVerb
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
    };

    public static Command Create(VerbSession session)
    {
        var limit = new Option<int>("--limit") { Description = "How many runs to show.", DefaultValueFactory = _ => 30 };
        var json = new Option<bool>("--json") { Description = "Write JSON, as GET /api/v1/runs does." };
        var command = new Command("status", "Show the latest runs and how each of their tasks ended.") { limit, json };
        command.SetAction((arguments, cancellationToken) => session.RunAsync(
            arguments,
            [WarehouseNames.Connection],
            async services =>
            {
                var runs = await services.GetRequiredService<RunHistory>().LatestAsync(Math.Max(1, arguments.GetValue(limit)), cancellationToken);
                var paused = await services.GetRequiredService<PipelinePause>().FindAsync(EtlFullPipeline.Name, cancellationToken);
                if (arguments.GetValue(json))
                {
                    await Console.Out.WriteLineAsync(JsonSerializer.Serialize(new { paused, runs }, Json));
                    return ExitCode.Success;
                }
                if (paused is not null)
                {
                    await Console.Error.WriteLineAsync(PipelineStateVerb.Describe(paused));
                }
                if (Console.IsOutputRedirected)
                {
                    await WritePlainAsync(runs);
                }
                else
                {
                    AnsiConsole.Write(Table(runs));
                }
                return ExitCode.Success;
            },
            cancellationToken));
        return command;
    }

    private static async Task WritePlainAsync(List<RunRecord> runs)
    {
        foreach (var run in runs)
        {
            var tasks = string.Join(' ', run.Tasks.Select(task => $"{task.Task}={task.State}"));
            await Console.Out.WriteLineAsync($"{run.DataDate:O} {run.State} {run.Trigger} {tasks}{(run.Error is null ? "" : $" error={run.Error}")}");
        }
    }

    private static Table Table(List<RunRecord> runs)
    {
        var table = new Table().AddColumns("data date", "state", "trigger", "took", "tasks");
        foreach (var run in runs)
        {
            var took = run.FinishedAt - run.StartedAt;
            table.AddRow(
                new Text($"{run.DataDate:O}"),
                new Text(run.State, Style(run.State)),
                new Text(run.Trigger),
                new Text(took is { } time ? $"{time.TotalSeconds:0.0} s" : ""),
                new Text(run.Error ?? string.Join(' ', run.Tasks.Select(task => task.State == "success" ? task.Task : $"{task.Task}={task.State}"))));
        }
        return table;
    }

    private static Style Style(string state) => new(state switch
    {
        "success" => Color.Green,
        "failed" => Color.Red,
        _ => Color.Yellow,
    });
}
