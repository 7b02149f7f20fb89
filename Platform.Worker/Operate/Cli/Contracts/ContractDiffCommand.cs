using System.CommandLine;
using System.Text.Json;
using Platform.Worker.Contracts;
using Platform.Worker.Contracts.Compatibility;
using Platform.Worker.Pipeline;

namespace Platform.Worker.Operate.Cli.Contracts;

/// <summary><c>contracts diff OLD NEW [--json]</c></summary>
internal static class ContractDiffCommand
{
    public static Command Create(VerbSession session)
    {
        var former = new Argument<string>("OLD") { Description = "A contract, or a folder of contracts, as it was." };
        var present = new Argument<string>("NEW") { Description = "The same as it is to be." };
        var json = ContractsVerb.JsonOption();
        var command = new Command(
            "diff",
            "Tell every change between two versions of contracts. Exit code 0: files that kept OLD keep NEW and the fact tables can follow; 1: something breaks.")
        {
            former, present, json,
        };
        command.SetAction((arguments, cancellationToken) => session.RunAsync(
            arguments,
            [],
            async _ =>
            {
                var datasets = CatalogComparison.Of(
                    ContractFiles.Read(arguments.GetRequiredValue(former)), ContractFiles.Read(arguments.GetRequiredValue(present)));
                var breaking = datasets.Sum(dataset => dataset.Changes.Count(change => change.IsBreaking));
                var output = arguments.InvocationConfiguration.Output;
                if (arguments.GetValue(json))
                {
                    await output.WriteLineAsync(JsonSerializer.Serialize(Described(datasets, breaking == 0), ContractsVerb.Json));
                }
                else
                {
                    await WriteAsync(output, datasets, breaking);
                }

                return breaking == 0 ? ExitCode.Success : ExitCode.Data;
            },
            cancellationToken));
        return command;
    }

    private static async Task WriteAsync(TextWriter output, IReadOnlyList<DatasetChanges> datasets, int breaking)
    {
        foreach (var dataset in datasets.Where(dataset => dataset.Changes.Count > 0))
        {
            await output.WriteLineAsync($"{dataset.Domain}.{dataset.Dataset} {Versions(dataset)}");
            foreach (var change in dataset.Changes.OrderByDescending(change => change.IsBreaking))
            {
                await output.WriteLineAsync($"  {(change.IsBreaking ? "breaking  " : "compatible")}  {change}");
            }
        }

        var changes = datasets.Sum(dataset => dataset.Changes.Count);
        await output.WriteLineAsync(changes == 0 ? "No change." : $"{changes - breaking} compatible, {breaking} breaking.");
    }

    private static string Versions(DatasetChanges dataset) => (dataset.Former, dataset.Present) switch
    {
        (null, { } present) => present,
        ({ } former, null) => former,
        var (former, present) => former == present ? $"{former} (the version did not change)" : $"{former} -> {present}",
    };

    private static object Described(IReadOnlyList<DatasetChanges> datasets, bool isCompatible) => new
    {
        compatible = isCompatible,
        datasets = datasets.Select(dataset => new
        {
            domain = dataset.Domain,
            dataset = dataset.Dataset,
            former = dataset.Former,
            present = dataset.Present,
            changes = dataset.Changes.Select(change => new
            {
                kind = JsonNamingPolicy.SnakeCaseLower.ConvertName(change.Kind.ToString()),
                column = change.Column,
                change = change.Message,
                compatible = !change.IsBreaking,
                reason = change.Breaks,
            }),
        }),
    };
}
