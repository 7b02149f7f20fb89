using System.CommandLine;
using System.Globalization;
using Platform.ServiceDefaults;
using Platform.Worker.Loading.Quarantine;
using Platform.Worker.Pipeline;

namespace Platform.Worker.Operate.Cli.Quarantine;

/// <summary><c>quarantine list [--rows [--limit N]]</c></summary>
internal static class QuarantineListCommand
{
    public static Command Create(VerbSession session)
    {
        var rows = new Option<bool>("--rows") { Description = "Row by row, with ids, instead of by dataset and rule." };
        var limit = new Option<int>("--limit") { Description = "How many rows to show with --rows.", DefaultValueFactory = _ => 100 };
        var json = JsonOutput.Option();
        var command = new Command("list", "Rows by dataset and rule, with the money at stake.") { rows, limit, json };
        var selection = new QuarantineSelection(command, QuarantineState.Open.Word(), changes: false);
        command.SetAction((arguments, cancellationToken) => session.RunAsync(
            arguments,
            [WarehouseNames.Connection],
            async services =>
            {
                var reader = services.GetRequiredService<QuarantineReader>();
                var filter = selection.Read(arguments);
                if (arguments.GetValue(rows))
                {
                    var found = await reader.RowsAsync(filter, Math.Max(1, arguments.GetValue(limit)), cancellationToken).ToListAsync(cancellationToken);
                    await (arguments.GetValue(json) ? JsonOutput.WriteAsync(new { rows = found }) : WriteAsync(found));
                }
                else
                {
                    var groups = await reader.GroupsAsync(filter, cancellationToken);
                    await (arguments.GetValue(json) ? JsonOutput.WriteAsync(new { groups }) : WriteAsync(groups));
                }

                return ExitCode.Success;
            },
            cancellationToken));
        return command;
    }

    private static Task WriteAsync(List<QuarantineGroup> groups) => TextTable.WriteAsync(
        ["dataset", "rule", "state", "rows", "amount", "dates"],
        groups.Select(group => (string[])
        [
            $"{group.Domain}.{group.Dataset}", group.Rule, group.State, Number(group.Rows), Money(group), Dates(group),
        ]));

    private static Task WriteAsync(List<QuarantinedRow> rows) => TextTable.WriteAsync(
        ["id", "dataset", "date", "place", "state", "amount", "reason"],
        rows.Select(row => (string[])
        [
            Number(row.Id), $"{row.Domain}.{row.Dataset}", row.Partition.ToString("O", CultureInfo.InvariantCulture), $"{row.File}:{row.Line}",
            row.Correction is { Fields.Count: > 0 } && row.State != "replayed" ? $"{row.State}, corrected" : row.State,
            Money(row.Amount, row.Currency), row.Reason,
        ]));

    private static string Money(QuarantineGroup group) =>
        $"{Money(group.Amount, group.Currency)}{(group.Amount is null || group.AmountColumn is null ? "" : $" ({group.AmountColumn})")}";

    private static string Money(decimal? amount, string? currency) =>
        amount is { } number ? $"{number.ToString(CultureInfo.InvariantCulture)}{(currency is null ? "" : $" {currency}")}" : "-";

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Dates(QuarantineGroup group) => group.From == group.To
        ? group.From.ToString("O", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{group.From:O}..{group.To:O}");
}
