using System.CommandLine;
using System.Globalization;
using Platform.ServiceDefaults;
using Platform.Worker.Pipeline;
using Platform.Worker.Pipeline.Logs;
using Platform.Worker.Pipeline.Tasks;

namespace Platform.Worker.Operate.Cli.Runs;

/// <summary><c>runs logs TASK --date D [--attempt ID] [--follow]</c></summary>
internal static class RunsLogsCommand
{
    public static Command Create(VerbSession session)
    {
        var task = new Argument<string>("task") { Description = "The task, e.g. etl_sales." };
        var date = DataDateOption.Create("--date", "The data date.", required: true);
        var attempt = new Option<long?>("--attempt") { Description = "Which attempt, by the id that 'runs show' tells. Default: the last." };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on until the attempt has ended." };
        var json = new Option<bool>("--json") { Description = "Write a JSON object per line." };
        var command = new Command("logs", "What was logged while a task worked.") { task, date, attempt, follow, json };
        command.SetAction((arguments, cancellationToken) => session.RunAsync(
            arguments,
            [WarehouseNames.Connection],
            async services =>
            {
                var (day, name, id) = (arguments.GetRequiredValue(date)!.Value, arguments.GetRequiredValue(task), arguments.GetValue(attempt));
                var logs = services.GetRequiredService<TaskLogReader>();
                var found = (await logs.AttemptsAsync(EtlFullPipeline.Name, day, name, cancellationToken)).LastOrDefault(found => id is null || found.Id == id)
                    ?? throw new ConfigurationFaultException($"History has no such attempt of {name} on {day:O}; 'runs show --date {day:O}' lists what there is.");
                await foreach (var line in logs.ReadAsync(found.Id, after: 0, arguments.GetValue(follow), cancellationToken))
                {
                    await (arguments.GetValue(json)
                        ? JsonOutput.WriteLineAsync(line)
                        : Console.Out.WriteLineAsync(
                            string.Create(CultureInfo.InvariantCulture, $"{line.At.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ} {line.Level,-7} {line.Message}")));
                }
                return ExitCode.Success;
            },
            cancellationToken));
        return command;
    }
}
