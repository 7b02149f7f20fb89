using System.CommandLine;
using System.Globalization;
using Platform.ServiceDefaults;
using Platform.Worker.Pipeline;
using Platform.Worker.Pipeline.Audit;

namespace Platform.Worker.Operate.Cli;

/// <summary><c>audit [--who W] [--action A] [--since D] [--before ID] [--limit N] [--json]</c></summary>
internal static class AuditVerb
{
    public static Command Create(VerbSession session)
    {
        var who = new Option<string?>("--who") { Description = "Changes of this operator, e.g. api:night-shift or maria@host." };
        var action = new Option<string?>("--action") { Description = "This action, e.g. run.clear, or all of a kind, e.g. run." };
        var since = DataDateOption.Create("--since", "Changes since this day (UTC).");
        var before = new Option<long?>("--before") { Description = "The next page: the id of the last entry of the page before." };
        var limit = new Option<int>("--limit") { Description = "How many entries to show.", DefaultValueFactory = _ => 100 };
        var json = JsonOutput.Option();
        var command = new Command("audit", "Who changed what and when, newest first.") { who, action, since, before, limit, json };
        command.SetAction((arguments, cancellationToken) => session.RunAsync(
            arguments,
            [WarehouseNames.Connection],
            async services =>
            {
                var entries = await services.GetRequiredService<AuditLog>().ReadAsync(
                    new(
                        arguments.GetValue(who),
                        arguments.GetValue(action),
                        arguments.GetValue(since) is { } day ? new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero) : null,
                        arguments.GetValue(before),
                        Math.Max(1, arguments.GetValue(limit))),
                    cancellationToken);
                await (arguments.GetValue(json)
                    ? JsonOutput.WriteAsync(new { entries })
                    : TextTable.WriteAsync(["id", "at", "who", "action", "subject", "detail"], entries.Select(entry => (string[])
                    [
                        entry.Id.ToString(CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"{entry.At.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}"),
                        entry.Who, entry.Action, entry.Subject, entry.Detail.GetRawText(),
                    ])));
                return ExitCode.Success;
            },
            cancellationToken));
        return command;
    }
}
