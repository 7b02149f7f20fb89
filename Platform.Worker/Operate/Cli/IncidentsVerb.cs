using System.CommandLine;
using System.Text.Json;
using Platform.ServiceDefaults;
using Platform.Worker.Pipeline;
using Platform.Worker.Pipeline.Arrivals;

namespace Platform.Worker.Operate.Cli;

/// <summary><c>incidents list [--all] [--limit N] [--json]</c></summary>
internal static class IncidentsVerb
{
    public static Command Create(VerbSession session)
    {
        var all = new Option<bool>("--all") { Description = "Resolved ones too." };
        var limit = new Option<int>("--limit") { Description = "How many incidents to show.", DefaultValueFactory = _ => 100 };
        var json = new Option<bool>("--json") { Description = "Write JSON, as GET /api/v1/incidents does." };
        var list = new Command("list", "Show what is not as promised, newest first: partitions past their deadline, datasets that are too old, data dates that are late or will be.")
        {
            all, limit, json,
        };
        list.SetAction((arguments, cancellationToken) => session.RunAsync(
            arguments,
            [WarehouseNames.Connection],
            async services =>
            {
                var incidents = await services.GetRequiredService<Incidents>().LatestAsync(
                    openOnly: !arguments.GetValue(all), Math.Max(1, arguments.GetValue(limit)), cancellationToken);
                if (arguments.GetValue(json))
                {
                    await Console.Out.WriteLineAsync(JsonSerializer.Serialize(new { incidents }, StatusVerb.Json));
                    return ExitCode.Success;
                }
                foreach (var incident in incidents)
                {
                    var until = incident.ResolvedAt is { } resolved ? $"until {resolved.UtcDateTime:yyyy-MM-ddTHH:mmZ}" : "open";
                    await Console.Out.WriteLineAsync($"{incident.OpenedAt.UtcDateTime:yyyy-MM-ddTHH:mmZ} {until} {incident.Kind} {incident.Severity} {incident.Message}");
                }
                await Console.Error.WriteLineAsync(incidents.Count == 0 ? "No incidents." : $"{incidents.Count} incidents.");
                return ExitCode.Success;
            },
            cancellationToken));
        return new Command("incidents", "What is not as promised.") { list };
    }
}
