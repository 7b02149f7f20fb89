using System.CommandLine;
using System.Globalization;
using Platform.ServiceDefaults;
using Platform.Worker.Pipeline;
using Platform.Worker.Pipeline.Diffs;

namespace Platform.Worker.Operate.Cli.Runs;

/// <summary><c>runs diff [A] B</c></summary>
internal static class RunsDiffCommand
{
    public static Command Create(VerbSession session)
    {
        var runs = new Argument<string[]>("runs")
        {
            Description = "One run, against the publication before it, or two: data dates, or ids of attempts of dbt_build as 'runs show' lists them.",
            Arity = new ArgumentArity(1, 2),
        };
        var json = JsonOutput.Option();
        var command = new Command("diff", "What a run changed, or what changed between two: rows of marts, key metrics by date, and why.") { runs, json };
        command.SetAction((arguments, cancellationToken) => session.RunAsync(
            arguments,
            [WarehouseNames.Connection],
            async services =>
            {
                var diffs = services.GetRequiredService<RunDiffs>();
                var diff = arguments.GetRequiredValue(runs) switch
                {
                    [var one, var other] => await diffs.BetweenAsync(one, other, cancellationToken),
                    [var run, ..] => await diffs.OfRunAsync(run, cancellationToken),
                    _ => throw new ConfigurationFaultException("Name a run."),
                };
                await (arguments.GetValue(json) ? JsonOutput.WriteAsync(diff) : WriteAsync(diff));
                return ExitCode.Success;
            },
            cancellationToken));
        return command;
    }

    private static async Task WriteAsync(RunDiff diff)
    {
        await Console.Out.WriteLineAsync($"before: {(diff.Before is null ? "nothing was published" : Describe(diff.Before))}");
        await Console.Out.WriteLineAsync($"after:  {Describe(diff.After)}");
        foreach (var load in diff.Loads)
        {
            var contract = load.Kind == "rules" ? $", contract {load.ContractBefore} -> {load.ContractAfter}{(load.IsCorrected ? ", other content" : "")}" : "";
            await Console.Out.WriteLineAsync(
                $"{load.Kind} {load.Domain}.{load.Dataset} {load.DataDate:O}: {Pair(load.RowsBefore, load.RowsAfter)} rows, "
                + $"{Pair(load.QuarantinedBefore, load.QuarantinedAfter)} in quarantine{contract}");
        }
        foreach (var late in diff.LateRows)
        {
            await Console.Out.WriteLineAsync($"late rows {late.Domain}.{late.Dataset} {late.DataDate:O}: {Text(late.Rows)} came with {late.CameWith:O}");
        }
        foreach (var rows in diff.Quarantine)
        {
            await Console.Out.WriteLineAsync($"quarantine {rows.Domain}.{rows.Dataset} {rows.DataDate:O}: {Text(rows.Rows)} {rows.Action}");
        }
        foreach (var model in diff.Models.Where(model => model.CodeChanged))
        {
            await Console.Out.WriteLineAsync($"model change {model.Relation}");
        }
        foreach (var model in diff.RemovedModels)
        {
            await Console.Out.WriteLineAsync($"removed {model}");
        }
        await TextTable.WriteAsync(["model", "rows before", "rows after", "written", "removed", "why"], diff.Models.Select(model => (string[])
        [
            model.Relation, Text(model.RowsBefore), Text(model.RowsAfter), model.Added is null ? model.Built : Text(model.Added), Text(model.Removed), string.Join(", ", model.Why),
        ]));
        await TextTable.WriteAsync(["metric", "date", "before", "after", "change", "why"], diff.Metrics.SelectMany(metric => metric.Dates.Select(day => (string[])
        [
            metric.Metric, $"{day.Date:O}", Text(day.Before), Text(day.After), Text(day.After - (day.Before ?? 0)),
            string.Join(", ", metric.DefinitionChanged ? metric.Why.Append("definition change") : metric.Why),
        ])));
    }

    private static string Describe(PublicationFacts publication) => string.Create(
        CultureInfo.InvariantCulture,
        $"publication {publication.Publication} of {publication.PublishedAt.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}, data dates {publication.From:O} to {publication.To:O}, project {publication.ProjectVersion}, code {publication.CodeVersion ?? "unknown"}");

    private static string Pair(long? before, long after) => before is null ? Text(after) : $"{Text(before)} -> {Text(after)}";

    private static string Text(IFormattable? number) => number?.ToString(null, CultureInfo.InvariantCulture) ?? "";
}
