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
        var date = DataDateOption.Create("--date", "The data date to generate.");
        var from = DataDateOption.Create("--from", "The first data date.");
        var to = DataDateOption.Create("--to", "The last data date, included.");
        var command = new Command("generate", "Generate and land the mock files of one data date or of a range, and nothing else.") { date, from, to };
        command.Validators.Add(result =>
        {
            var one = result.GetValue(date) is not null;
            var range = (result.GetValue(from) is not null, result.GetValue(to) is not null);
            if ((one, range) is not ((true, (false, false)) or (false, (true, true))))
            {
                result.AddError("Give either --date, or --from and --to.");
            }
        });
        command.SetAction((arguments, cancellationToken) => session.RunAsync(
            arguments,
            [LandingNames.Connection],
            async services =>
            {
                var range = arguments.GetValue(date) is { } day
                    ? new DataDateRange(day, day)
                    : new DataDateRange(arguments.GetValue(from)!.Value, arguments.GetValue(to)!.Value);
                var mockData = services.GetRequiredService<MockData>();
                foreach (var next in range.Dates)
                {
                    foreach (var partition in await mockData.GenerateAsync(next, cancellationToken))
                    {
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
