using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Platform.Worker.Contracts;
using Platform.Worker.Pipeline;

namespace Platform.Worker.Operate.Cli.Contracts;

/// <summary><c>contracts list [--json]</c></summary>
internal static class ContractListCommand
{
    public static Command Create(VerbSession session)
    {
        var json = ContractsVerb.JsonOption();
        var command = new Command("list", "List the domains and datasets that have a contract, in load order.") { json };
        command.SetAction((arguments, cancellationToken) => session.RunAsync(
            arguments,
            [],
            async services =>
            {
                var output = arguments.InvocationConfiguration.Output;
                var domains = services.GetRequiredService<ContractCatalog>().Domains;
                if (arguments.GetValue(json))
                {
                    await output.WriteLineAsync(JsonSerializer.Serialize(new { domains = domains.Select(Described) }, ContractsVerb.Json));
                    return ExitCode.Success;
                }

                foreach (var domain in domains)
                {
                    await output.WriteLineAsync(
                        $"{domain.Name}{(domain.DependsOn.Count > 0 ? $", after {string.Join(", ", domain.DependsOn)}" : "")}, from {domain.Directory}");
                    foreach (var contract in domain.Datasets)
                    {
                        await output.WriteLineAsync($"  {Line(contract)}");
                    }
                }

                return ExitCode.Success;
            },
            cancellationToken));
        return command;
    }

    private static string Line(DatasetContract contract)
    {
        var line = $"{contract.Dataset} {contract.Version} key {string.Join(", ", contract.Key)}; {contract.Columns.Count} columns";
        var sla = contract.ServiceLevel;
        return string.Join("; ", new[]
        {
            line,
            sla.ArrivesWithin is { } within ? $"due {Hours(within)} after the start of its date" : "",
            sla.Freshness is { } fresh ? $"at most {Hours(fresh)} old" : "",
            sla.RetentionDays is { } days ? $"kept {days} days" : "",
            contract.Policy.IsOptional ? "optional" : "",
        }.Where(part => part.Length > 0));
    }

    private static string Hours(TimeSpan time) => $"{time.TotalHours.ToString("0.##", CultureInfo.InvariantCulture)} h";

    private static object Described(Domain domain) => new
    {
        domain = domain.Name,
        directory = domain.Directory,
        dependsOn = domain.DependsOn,
        datasets = domain.Datasets.Select(contract => new
        {
            dataset = contract.Dataset,
            version = contract.Version,
            description = contract.Description,
            key = contract.Key,
            partitionColumn = contract.PartitionColumn,
            controlSums = contract.ControlSums,
            amountColumn = contract.Policy.AmountColumn,
            arrivesWithinHours = contract.ServiceLevel.ArrivesWithin?.TotalHours,
            freshnessHours = contract.ServiceLevel.Freshness?.TotalHours,
            retentionDays = contract.ServiceLevel.RetentionDays,
            optional = contract.Policy.IsOptional,
            manifest = contract.Policy.IsManifestOptional ? "optional" : "required",
            columns = contract.Columns.Select(column => new { name = column.Name, type = column.SqlType, required = column.Required }),
            qualityRules = contract.Quality.Select(rule => rule.Name),
            file = contract.File,
            sha256 = contract.Sha256,
        }),
    };
}
