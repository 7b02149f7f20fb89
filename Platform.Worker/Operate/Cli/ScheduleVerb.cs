using System.CommandLine;
using System.Globalization;
using Platform.ServiceDefaults;
using Platform.Worker.Pipeline;
using Platform.Worker.Pipeline.Deadlines;
using Platform.Worker.Pipeline.Schedule;

namespace Platform.Worker.Operate.Cli;

/// <summary><c>schedule [--count N] [--json]</c></summary>
internal static class ScheduleVerb
{
    public static Command Create(VerbSession session)
    {
        var count = new Option<int>("--count") { Description = "How many firings and deadlines to show.", DefaultValueFactory = _ => 7 };
        var json = JsonOutput.Option();
        var command = new Command("schedule", "When the pipeline fires next, by the settings of this process, and how its deadlines stand.") { count, json };
        command.SetAction((arguments, cancellationToken) => session.RunAsync(
            arguments,
            [WarehouseNames.Connection],
            async services =>
            {
                var schedule = await services.GetRequiredService<ScheduleReader>().ReadAsync(Math.Clamp(arguments.GetValue(count), 1, 100), cancellationToken);
                if (arguments.GetValue(json))
                {
                    await JsonOutput.WriteAsync(schedule);
                    return ExitCode.Success;
                }
                await WriteAsync(schedule);
                return ExitCode.Success;
            },
            cancellationToken));
        return command;
    }

    /// <summary>A deadline in words.</summary>
    public static string Describe(Deadline deadline) => string.Create(
        CultureInfo.InvariantCulture, $"Deadline {deadline.DataDate:O} {deadline.State}: ready by {Utc(deadline.ReadyBy)}") + deadline switch
        {
            { ReadyAt: { } ready } => $", ready at {Utc(ready)}",
            { ForecastAt: { } forecast } => $", forecast {Utc(forecast)}",
            _ => "",
        };

    private static async Task WriteAsync(ScheduleStatus schedule)
    {
        var days = (schedule.WeekendDays.Count, schedule.Holidays) switch
        {
            (0, 0) => "every day",
            (0, var holidays) => $"not on {holidays} holidays until {schedule.HolidaysUntil:O}",
            (_, 0) => $"not on {string.Join(", ", schedule.WeekendDays)}",
            (_, var holidays) => $"not on {string.Join(", ", schedule.WeekendDays)} and {holidays} holidays until {schedule.HolidaysUntil:O}",
        };
        await Console.Out.WriteLineAsync(
            $"{schedule.Pipeline}: '{schedule.Cron}' in {schedule.TimeZone}, {days}; {(schedule.ReadyBy is { Length: > 0 } by ? $"ready by {by}" : "no deadline")}");
        if (schedule.Paused is { } paused)
        {
            await Console.Out.WriteLineAsync(PipelineStateVerb.Describe(paused));
        }
        await TextTable.WriteAsync(["fires at", "data dates", "ready by"], schedule.Next.Select(fire => (string[])
        [
            fire.LocalTime.ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture), string.Join(' ', DataDateRange.Consecutive(fire.DataDates)),
            fire.ReadyBy is { } ready ? Utc(ready) : "",
        ]));
        foreach (var deadline in schedule.Deadlines)
        {
            await Console.Out.WriteLineAsync(Describe(deadline));
        }
    }

    private static string Utc(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mmZ", CultureInfo.InvariantCulture);
}
