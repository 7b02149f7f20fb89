using System.CommandLine;
using Platform.Worker.Contracts.Drafting;
using Platform.Worker.Pipeline;

namespace Platform.Worker.Operate.Cli.Contracts;

/// <summary><c>contracts infer FILE.csv [--domain D] [--dataset N] [--json]</c></summary>
internal static class ContractInferCommand
{
    public static Command Create(VerbSession session)
    {
        var file = new Argument<string>("FILE") { Description = "A CSV file, plain or gzip." };
        var domain = new Option<string>("--domain") { Description = "Domain of the dataset.", DefaultValueFactory = _ => "draft" };
        var dataset = new Option<string?>("--dataset") { Description = "Name of the dataset. Default: the file's name up to its first dot." };
        var json = JsonOutput.Option();
        var command = new Command("infer", "Draft a contract that accepts the file, and write it to standard output.") { file, domain, dataset, json };
        command.SetAction((arguments, cancellationToken) => session.RunAsync(
            arguments,
            [],
            async _ =>
            {
                var draft = await ContractDrafter.DraftAsync(
                    arguments.GetRequiredValue(file), arguments.GetRequiredValue(domain), arguments.GetValue(dataset), cancellationToken);
                await (arguments.GetValue(json)
                    ? JsonOutput.WriteAsync(new { domain = arguments.GetRequiredValue(domain), draft.Dataset, contract = draft.Text })
                    : arguments.InvocationConfiguration.Output.WriteAsync(draft.Text));
                return ExitCode.Success;
            },
            cancellationToken));
        return command;
    }
}
