using System.CommandLine;
using System.Globalization;
using Platform.ServiceDefaults;
using Platform.Worker.Periods;
using Platform.Worker.Pipeline;

namespace Platform.Worker.Operate.Cli;

/// <summary><c>periods close|list|reopen</c></summary>
internal static class PeriodsVerb
{
    public static Command Create(VerbSession session) => new("periods", "Closed months: what was reported is kept, whatever is corrected later.")
    {
        Change(session, "close", "Keep the published results of a month as they are reported now.",
            (closed, month, why, token) => closed.CloseAsync(month, OperatorName.OfVerb, why, token)),
        List(session),
        Change(session, "reopen", "Open a closed month again; what was kept stays to be asked for.",
            (closed, month, why, token) => closed.ReopenAsync(month, OperatorName.OfVerb, why, token)),
    };

    private static Command Change(
        VerbSession session, string name, string description, Func<ClosedPeriods, DateOnly, string?, CancellationToken, Task<ClosedPeriod>> change)
    {
        var month = new Argument<string>("month") { Description = "The month, e.g. 2026-01." };
        var why = new Option<string?>("--why") { Description = "The reason, for the audit log." };
        var json = JsonOutput.Option();
        var command = new Command(name, description) { month, why, json };
        command.SetAction((arguments, cancellationToken) => session.RunAsync(
            arguments,
            [WarehouseNames.Connection],
            async services =>
            {
                var period = await change(
                    services.GetRequiredService<ClosedPeriods>(), RequestedMonth.Read(arguments.GetRequiredValue(month)), arguments.GetValue(why), cancellationToken);
                await TellAsync([period], new { period }, arguments.GetValue(json));
                return ExitCode.Success;
            },
            cancellationToken));
        return command;
    }

    private static Command List(VerbSession session)
    {
        var json = JsonOutput.Option();
        var command = new Command("list", "Show the months that were closed, newest first.") { json };
        command.SetAction((arguments, cancellationToken) => session.RunAsync(
            arguments,
            [WarehouseNames.Connection],
            async services =>
            {
                var periods = await services.GetRequiredService<ClosedPeriods>().ListAsync(cancellationToken);
                await TellAsync(periods, new { periods }, arguments.GetValue(json));
                return ExitCode.Success;
            },
            cancellationToken));
        return command;
    }

    private static Task TellAsync<T>(IReadOnlyList<ClosedPeriod> periods, T whole, bool json) => json
        ? JsonOutput.WriteAsync(whole)
        : TextTable.WriteAsync(["month", "state", "publication", "published", "closed", "by", "kept", "rows", "why"], periods.Select(period => (string[])
        [
            period.Period, period.State, period.PublicationId.ToString(CultureInfo.InvariantCulture), Minute(period.PublishedAt), Minute(period.ClosedAt), period.ClosedBy,
            period.Results.Count.ToString(CultureInfo.InvariantCulture), period.Results.Sum(result => result.Rows).ToString(CultureInfo.InvariantCulture),
            period.ReopenedWhy ?? period.Why ?? "",
        ]));

    private static string Minute(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mmZ", CultureInfo.InvariantCulture);
}
