using System.CommandLine;
using Microsoft.Extensions.Options;
using Platform.Worker.Contracts;
using Platform.Worker.Landing;
using Platform.Worker.Loading.Checking;
using Platform.Worker.Pipeline;

namespace Platform.Worker.Operate.Cli.Contracts;

/// <summary><c>contracts check FILE... [--contract PATH] [--domain D] [--dataset N] [--date D] [--json]</c></summary>
internal static class ContractCheckCommand
{
    public static Command Create(VerbSession session)
    {
        var files = new Argument<string[]>("FILE") { Description = "Data files, plain, gzip or Parquet; those of a dataset are checked together.", Arity = ArgumentArity.OneOrMore };
        var contract = new Option<string?>("--contract") { Description = "A contract, or a folder of contracts. Default: those of the installation." };
        var domain = new Option<string?>("--domain") { Description = "Domain of the dataset, where several have one of its name." };
        var dataset = new Option<string?>("--dataset") { Description = "The dataset. Default: each file's name up to its first dot." };
        var date = DataDateOption.Create("--date", "Data date of the partition. Default: the name of the file's folder, where it is one (yyyyMMdd).");
        var json = ContractsVerb.JsonOption();
        var command = new Command(
            "check",
            "Tell what a load would reject of files, and why, without a database. Exit code 0: nothing; 1: rows, or a file as a whole; 2: the command line or a contract is wrong.")
        {
            files, contract, domain, dataset, date, json,
        };
        command.SetAction((arguments, cancellationToken) => session.RunAsync(
            arguments,
            [],
            async services =>
            {
                var landing = services.GetRequiredService<IOptions<LandingOptions>>().Value;
                var path = arguments.GetValue(contract);
                var source = new CheckContracts(
                    path is null ? [.. services.GetRequiredService<ContractCatalog>().Domains.SelectMany(item => item.Datasets)] : ContractFiles.Read(path),
                    arguments.GetValue(domain),
                    arguments.GetValue(dataset));
                var asked = arguments.GetValue(date);
                var checks = arguments.GetRequiredValue(files).Distinct(StringComparer.Ordinal).Select(file => new LocalFile(file, landing))
                    .GroupBy(file => (Contract: source.Find(file), Date: asked ?? file.DateOfFolder))
                    .ToList();
                var output = arguments.InvocationConfiguration.Output;
                await using ICheckReport report = arguments.GetValue(json) ? new CheckJson(output) : new CheckText(output);
                var isClean = true;
                foreach (var group in checks)
                {
                    var check = new DatasetCheck(group.Key.Contract, group.Key.Date, [.. group.OrderBy(file => file.Name, StringComparer.Ordinal)]);
                    await report.StartAsync(group.Key.Contract, group.Key.Date);
                    var verdict = await check.RunAsync(report.RejectAsync, cancellationToken);
                    await report.EndAsync(verdict);
                    isClean &= verdict.IsClean;
                }

                await report.CompleteAsync(isClean);
                return isClean ? ExitCode.Success : ExitCode.Data;
            },
            cancellationToken));
        return command;
    }
}
