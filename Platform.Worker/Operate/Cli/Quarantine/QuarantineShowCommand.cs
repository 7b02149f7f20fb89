using System.CommandLine;
using System.Globalization;
using Platform.ServiceDefaults;
using Platform.Worker.Loading.Quarantine;
using Platform.Worker.Pipeline;

namespace Platform.Worker.Operate.Cli.Quarantine;

/// <summary><c>quarantine show ID</c></summary>
internal static class QuarantineShowCommand
{
    public static Command Create(VerbSession session)
    {
        var id = new Argument<long>("id") { Description = "The row." };
        var json = JsonOutput.Option();
        var command = new Command("show", "One row: its reasons, its line as it came, its correction and what was done to it.") { id, json };
        command.SetAction((arguments, cancellationToken) => session.RunAsync(
            arguments,
            [WarehouseNames.Connection],
            async services =>
            {
                var row = await services.GetRequiredService<QuarantineReader>().FindAsync(arguments.GetValue(id), cancellationToken)
                    ?? throw new DataFaultException($"There is no quarantined row {arguments.GetValue(id).ToString(CultureInfo.InvariantCulture)}.");
                await (arguments.GetValue(json) ? JsonOutput.WriteAsync(row) : WriteAsync(row));
                return ExitCode.Success;
            },
            cancellationToken));
        return command;
    }

    private static async Task WriteAsync(QuarantinedRow row)
    {
        var output = Console.Out;
        await output.WriteLineAsync($"row         {row.Id.ToString(CultureInfo.InvariantCulture)}, {row.State}");
        await output.WriteLineAsync($"dataset     {row.Domain}.{row.Dataset}, {row.Partition:yyyy-MM-dd}");
        await output.WriteLineAsync($"place       {row.File}:{row.Line.ToString(CultureInfo.InvariantCulture)}, load {row.LoadId.ToString(CultureInfo.InvariantCulture)}");
        await output.WriteLineAsync($"rule        {row.Rule}{(row.Column is null ? "" : $" of {row.Column}")}");
        await output.WriteLineAsync($"reason      {row.Reason}");
        if (row.Amount is { } amount)
        {
            await output.WriteLineAsync($"amount      {amount.ToString(CultureInfo.InvariantCulture)} {row.Currency}".TrimEnd());
        }

        await output.WriteLineAsync($"header      {string.Join(',', row.Header)}");
        await output.WriteLineAsync($"line        {row.RawLine}");
        if (row.Correction is { } correction)
        {
            await output.WriteLineAsync(
                correction.Fields.Count == 0
                    ? $"discarded   by {correction.By} at {correction.At:u}: {correction.Why}"
                    : $"corrected   {CsvText.Line(correction.Under(row.Header), ',')} by {correction.By} at {correction.At:u}: {correction.Why}");
        }

        foreach (var action in row.Actions ?? [])
        {
            await output.WriteLineAsync($"{action.At:u} {action.Outcome} by {action.By}: {action.Why}{(action.Detail is null ? "" : $" ({action.Detail})")}");
        }
    }
}
