using System.CommandLine;
using System.Globalization;
using Platform.ServiceDefaults;
using Platform.Worker.Pipeline;
using Platform.Worker.Pipeline.Alerts;

namespace Platform.Worker.Operate.Cli;

/// <summary><c>alerts list [--state S] [--limit N] [--json]</c> and <c>alerts test [--receiver R] [--json]</c></summary>
internal static class AlertsVerb
{
    public static Command Create(VerbSession session) => new("alerts", "What receivers are told of incidents and failed runs.")
    {
        List(session), Test(session),
    };

    private static Command List(VerbSession session)
    {
        var state = new Option<string?>("--state") { Description = "Alerts with a delivery in this state: pending, sent, failed or suppressed." };
        state.AcceptOnlyFromAmong("pending", "sent", "failed", "suppressed");
        var limit = new Option<int>("--limit") { Description = "How many alerts to show.", DefaultValueFactory = _ => 100 };
        var json = JsonOutput.Option();
        var command = new Command("list", "Show what was sent, what waits to be sent and what was given up, newest first.") { state, limit, json };
        command.SetAction((arguments, cancellationToken) => session.RunAsync(
            arguments,
            [WarehouseNames.Connection],
            async services =>
            {
                var alerts = await services.GetRequiredService<AlertOutbox>().LatestAsync(
                    arguments.GetValue(state), Math.Max(1, arguments.GetValue(limit)), cancellationToken);
                if (arguments.GetValue(json))
                {
                    await JsonOutput.WriteAsync(new { alerts });
                    return ExitCode.Success;
                }
                await TextTable.WriteAsync(
                    ["at", "event", "receiver", "state", "attempts", "message"],
                    alerts.SelectMany(alert => alert.Deliveries.Count == 0 ? [Row(alert.Alert, null)] : alert.Deliveries.Select(one => Row(alert.Alert, one))));
                await Console.Error.WriteLineAsync(alerts.Count == 0 ? "No alerts." : $"{alerts.Count} alerts.");
                return ExitCode.Success;
            },
            cancellationToken));
        return command;
    }

    private static Command Test(VerbSession session)
    {
        var receiver = new Option<string?>("--receiver") { Description = "To this receiver. Default: to all." };
        var json = JsonOutput.Option();
        var command = new Command("test", "Send a message now that nothing has happened. The exit code is 3 when a receiver did not take it.") { receiver, json };
        command.SetAction((arguments, cancellationToken) => session.RunAsync(
            arguments,
            [WarehouseNames.Connection],
            async services =>
            {
                var receivers = await services.GetRequiredService<AlertDispatcher>().TestAsync(arguments.GetValue(receiver), OperatorName.OfVerb, cancellationToken);
                await (arguments.GetValue(json)
                    ? JsonOutput.WriteAsync(new { receivers })
                    : TextTable.WriteAsync(["receiver", "sent", "error"], receivers.Select(one => (string[])[one.Receiver, one.Sent ? "sent" : "not sent", one.Error ?? ""])));
                return receivers.All(one => one.Sent) ? ExitCode.Success : ExitCode.Infrastructure;
            },
            cancellationToken));
        return command;
    }

    private static string[] Row(Alert alert, AlertDelivery? delivery) =>
    [
        $"{alert.At.UtcDateTime:yyyy-MM-ddTHH:mmZ}", alert.Event, delivery?.Receiver ?? "-", delivery?.State ?? "not sent",
        delivery?.Attempts.ToString(CultureInfo.InvariantCulture) ?? "", delivery?.LastError is { } error ? $"{alert.Message} ({error})" : alert.Message,
    ];
}
