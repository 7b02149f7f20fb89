using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Platform.ServiceDefaults;
using Platform.Worker.Loading.Quarantine;
using Platform.Worker.Pipeline;
using Platform.Worker.Pipeline.Control;
using Platform.Worker.Pipeline.Deadlines;
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
        var json = new Option<bool>("--json") { Description = "Write JSON, as GET /api/v1/runs and /api/v1/quarantine/totals do." };
        var command = new Command("status", "Show the latest runs, how each of their tasks ended, deadlines that are not met yet, and what is in quarantine.") { limit, json };
        command.SetAction((arguments, cancellationToken) => session.RunAsync(
            arguments,
            [WarehouseNames.Connection],
            async services =>
            {
                var runs = await services.GetRequiredService<RunHistory>().LatestAsync(Math.Max(1, arguments.GetValue(limit)), cancellationToken);
                var paused = await services.GetRequiredService<PipelinePause>().FindAsync(EtlFullPipeline.Name, cancellationToken);
                var deadlines = await services.GetRequiredService<DeadlineRecords>().LatestAsync(EtlFullPipeline.Name, 7, cancellationToken);
                var totals = await services.GetRequiredService<QuarantineReader>().TotalsAsync(cancellationToken);
                if (arguments.GetValue(json))
                {
                    await Console.Out.WriteLineAsync(JsonSerializer.Serialize(new { paused, deadlines, runs, totals }, Json));
                    return ExitCode.Success;
                }
                if (paused is not null)
                {
                    await Console.Error.WriteLineAsync(PipelineStateVerb.Describe(paused));
                }
                foreach (var deadline in deadlines.Where(deadline => deadline.ReadyAt is null))
                {
                    await Console.Error.WriteLineAsync(ScheduleVerb.Describe(deadline));
                }
                if (Console.IsOutputRedirected)
                {
                    await WritePlainAsync(runs, totals);
                }
                else
                {
                    AnsiConsole.Write(Table(runs));
                    foreach (var total in totals)
                    {
                        AnsiConsole.WriteLine(Line(total));
                    }
                }
                return ExitCode.Success;
            },
            cancellationToken));
        return command;
    }

    private static async Task WritePlainAsync(List<RunRecord> runs, List<QuarantineTotal> totals)
    {
        foreach (var run in runs)
        {
            var tasks = string.Join(' ', run.Tasks.Select(task => $"{task.Task}={task.State}"));
            await Console.Out.WriteLineAsync($"{run.DataDate:O} {run.State} {run.Trigger} {tasks}{(run.Error is null ? "" : $" error={run.Error}")}");
        }

        foreach (var total in totals)
        {
            await Console.Out.WriteLineAsync(Line(total));
        }
    }

    private static string Line(QuarantineTotal total)
    {
        var money = total.Amount is null ? "" : string.Create(
            CultureInfo.InvariantCulture, $", {total.Amount}{(total.Currency is null ? "" : $" {total.Currency}")} ({total.AmountColumn})");
        return string.Create(CultureInfo.InvariantCulture, $"quarantine {total.Domain}.{total.Dataset} {total.Rows} open, {total.From:O}..{total.To:O}{money}");
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
