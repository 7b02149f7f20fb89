using System.Globalization;
using Microsoft.Extensions.Options;
using Platform.Worker.Pipeline.Arrivals;
using Platform.Worker.Pipeline.Schedule;

namespace Platform.Worker.Pipeline.Deadlines;

/// <summary>
/// Compares when data dates will be ready with their deadline (<see cref="PipelineOptions.ReadyBy"/>). A date that will be late, by the forecast or because
/// its run has failed, is an incident from then on until it is ready; it becomes an error when the deadline has passed.
/// </summary>
internal sealed class DeadlineWatch(
    PipelineDefinition pipeline,
    DataDates dataDates,
    BusinessCalendar calendar,
    DeadlineRecords records,
    RunForecast forecast,
    Incidents incidents,
    IOptions<PipelineOptions> options,
    TimeProvider clock)
{
    /// <summary>Dates older than so many due ones are given up.</summary>
    private const int Watched = 31;

    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        if (options.Value.ReadyByTime is not { } time)
        {
            await incidents.LatePublicationAsync(pipeline.Name, [], cancellationToken);
            return;
        }
        var due = dataDates.LastDue(Watched);
        await EnterAsync(due, time, cancellationToken);
        var open = await records.OpenAsync(pipeline.Name, due[0], cancellationToken);
        var durations = open.Count == 0 ? [] : await forecast.DurationsAsync(cancellationToken);
        var matters = new List<Matter>();
        foreach (var deadline in open)
        {
            var ready = await ForecastAsync(deadline, durations, cancellationToken);
            var state = StateOf(deadline, ready);
            await records.TellAsync(pipeline.Name, deadline.DataDate, state, ready, cancellationToken);
            if (state != DeadlineState.OnTrack)
            {
                matters.Add(new Matter(null, null, deadline.DataDate, Describe(deadline, state, ready))
                {
                    Pipeline = pipeline.Name, Severity = state == DeadlineState.Missed ? "error" : "warning",
                });
            }
        }
        await incidents.LatePublicationAsync(pipeline.Name, matters, cancellationToken);
    }

    /// <summary>The deadlines of the due dates. Where there has never been one, those that have passed are no promise that anybody made.</summary>
    private async Task EnterAsync(DateOnly[] due, TimeOnly time, CancellationToken cancellationToken)
    {
        var newest = await records.NewestAsync(pipeline.Name, cancellationToken);
        var now = clock.GetUtcNow();
        var open = newest is null ? [] : (await records.OpenAsync(pipeline.Name, due[0], cancellationToken)).Select(deadline => deadline.DataDate).ToHashSet();
        await records.EnterAsync(
            pipeline.Name,
            [.. due.Select(date => (Date: date, ReadyBy: calendar.At(dataDates.DueOn(date), time)))
                .Where(one => newest is null ? one.ReadyBy > now : one.Date > newest || open.Contains(one.Date))],
            cancellationToken);
    }

    private async Task<DateTimeOffset?> ForecastAsync(
        OpenDeadline deadline, Dictionary<string, TimeSpan> durations, CancellationToken cancellationToken)
    {
        if (HasStopped(deadline))
        {
            return null;
        }
        var now = clock.GetUtcNow();
        var begin = now;
        if (deadline.RunState is null)
        {
            var day = calendar.At(dataDates.DueOn(deadline.DataDate), TimeOnly.MinValue);
            var fires = DailyTrigger.Next(options.Value.Cron, calendar, day).Select(fire => (DateTimeOffset?)fire).FirstOrDefault();
            begin = fires > now ? fires.Value : now;
        }
        return forecast.ReadyAt(durations, await forecast.ProgressAsync(deadline.DataDate, cancellationToken), begin, now);
    }

    /// <summary>Once at risk, always, until it is ready: forecasts go up and down.</summary>
    private string StateOf(OpenDeadline deadline, DateTimeOffset? ready) =>
        clock.GetUtcNow() > deadline.ReadyBy ? DeadlineState.Missed
        : deadline.State == DeadlineState.AtRisk || HasStopped(deadline) || ready > deadline.ReadyBy ? DeadlineState.AtRisk
        : DeadlineState.OnTrack;

    private static bool HasStopped(OpenDeadline deadline) =>
        deadline.RunState == RunState.Failed.Word() || deadline.RunState == RunState.Cancelled.Word();

    private string Describe(OpenDeadline deadline, string state, DateTimeOffset? ready)
    {
        var opening = $"{pipeline.Name} {deadline.DataDate:yyyy-MM-dd} {(state == DeadlineState.Missed ? "was" : "is")} to be ready by {Local(deadline.ReadyBy)}";
        var run = deadline.RunState switch
        {
            null => "its run has not begun",
            "waiting" => $"its run waits: {deadline.RunError}",
            "failed" => $"its run failed: {deadline.RunError}",
            var other => $"its run is {other}",
        };
        return ready is { } at ? $"{opening}; {run}, and it will be ready at {Local(at)} at the earliest." : $"{opening}; {run}.";
    }

    private string Local(DateTimeOffset time) => string.Create(
        CultureInfo.InvariantCulture, $"{TimeZoneInfo.ConvertTime(time, calendar.Zone):yyyy-MM-dd HH:mm} {calendar.Zone.Id}");
}
