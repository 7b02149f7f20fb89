using System.CommandLine;
using Platform.ServiceDefaults;
using Platform.Worker.Pipeline;
using Platform.Worker.Sources;

namespace Platform.Worker.Operate.Cli;

/// <summary><c>generate --date D | --from D --to D</c></summary>
internal static class GenerateVerb
{
    public static Command Create(VerbSession session)
    {
        var json = JsonOutput.Option();
        var command = new Command("generate", "Generate and land the mock files of one data date or of a range, and nothing else.") { json };
        var dates = new DateRangeOptions(command, required: true);
        command.SetAction((arguments, cancellationToken) => session.RunAsync(
            arguments,
            [LandingNames.Connection],
            async services =>
            {
                var range = dates.Read(arguments)!.Value;
                var mockData = services.GetRequiredService<MockData>();
                foreach (var next in range.Dates)
                {
                    foreach (var partition in await mockData.GenerateAsync(next, cancellationToken))
                    {
                        if (arguments.GetValue(json))
                        {
                            await JsonOutput.WriteLineAsync(new
                            {
                                DataDate = next, partition.Domain, partition.Defects,
                                Datasets = partition.Datasets.ToDictionary(dataset => dataset.Dataset, dataset => dataset.Rows),
                            });
                            continue;
                        }
                        await Console.Out.WriteLineAsync(
                            $"{next:O} {partition.Domain}: {string.Join(", ", partition.Datasets.Select(dataset => $"{dataset.Dataset} {dataset.Rows}"))}");
                        if (partition.Defects.Count > 0)
                        {
                            await Console.Out.WriteLineAsync(
                                $"{next:O} {partition.Domain}, bad rows among them: {string.Join(", ", partition.Defects.Select(defect => $"{defect.Key} {defect.Value}"))}");
                        }
                    }
                }
                return ExitCode.Success;
            },
            cancellationToken));
        return command;
    }
}
