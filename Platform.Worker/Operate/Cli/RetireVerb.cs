using System.CommandLine;
using System.Text.Json;
using Npgsql;
using Platform.ServiceDefaults;
using Platform.Worker.Loading;
using Platform.Worker.Pipeline;
using Platform.Worker.Pipeline.Schedule;

namespace Platform.Worker.Operate.Cli;

/// <summary><c>retire [--dry-run] [--json]</c></summary>
internal static class RetireVerb
{
    public static Command Create(VerbSession session)
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Only tell what is due." };
        var json = new Option<bool>("--json") { Description = "Write JSON." };
        var command = new Command(
            "retire", "Remove partitions older than the retention of their contracts: landed files, facts and quarantined rows. What is published stays.")
        {
            dryRun, json,
        };
        command.SetAction((arguments, cancellationToken) => session.RunAsync(
            arguments,
            [WarehouseNames.Connection, LandingNames.Connection],
            async services =>
            {
                var retirement = services.GetRequiredService<PartitionRetirement>();
                var partitions = arguments.GetValue(dryRun)
                    ? await retirement.DueAsync(cancellationToken)
                    : await RetirementJob.RunAsync(retirement, services.GetRequiredService<NpgsqlDataSource>(), OperatorName.OfVerb, cancellationToken);
                var output = arguments.InvocationConfiguration.Output;
                if (arguments.GetValue(json))
                {
                    await output.WriteLineAsync(JsonSerializer.Serialize(new { partitions }, StatusVerb.Json));
                    return ExitCode.Success;
                }

                foreach (var partition in partitions)
                {
                    await output.WriteLineAsync($"{partition.DataDate:O} {partition.Domain}.{partition.Dataset}" + (arguments.GetValue(dryRun)
                        ? ""
                        : $": {partition.FactRows} rows of facts, {partition.QuarantinedRows} quarantined, {partition.Files} files"));
                }

                await Console.Error.WriteLineAsync(
                    $"{partitions.Count} partitions {(arguments.GetValue(dryRun) ? "are older than their retention" : "removed")}.");
                return ExitCode.Success;
            },
            cancellationToken));
        return command;
    }
}
