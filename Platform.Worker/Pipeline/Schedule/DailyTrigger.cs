using Quartz;

namespace Platform.Worker.Pipeline.Schedule;

/// <summary>The trigger that fires the pipeline by <see cref="PipelineOptions.Cron"/>, on business days.</summary>
internal static class DailyTrigger
{
    public static readonly TriggerKey Key = new("daily");

    /// <summary>What the option <see cref="PipelineOptions.Overlap"/> takes, with what the scheduler makes of it.</summary>
    public static OverlapPolicy OverlapOf(string word) => word switch
    {
        "allow" => OverlapPolicy.AllowAll,
        "queue" => OverlapPolicy.BufferOne,
        "skip" => OverlapPolicy.Skip,
        _ => throw new ArgumentOutOfRangeException(nameof(word), word, null),
    };

    /// <summary>The clocks of the schedule. Every missed firing has data dates of its own, so none is left out.</summary>
    public static Action<CronScheduleBuilder> By(TimeZoneInfo zone) =>
        cron => cron.InTimeZone(zone).WithMisfireInstruction(CronTriggerMisfireInstruction.IgnoreMisfires);

    /// <summary>The next firings at or after a moment, as the trigger computes them.</summary>
    public static IEnumerable<DateTimeOffset> Next(string cron, BusinessCalendar calendar, DateTimeOffset from)
    {
        var trigger = TriggerBuilder.Create().WithIdentity(Key).StartAt(from).WithCronSchedule(cron, By(calendar.Zone)).Build();
        var days = calendar.ToQuartz();
        for (var fire = trigger.GetFireTimeAfter(from.AddSeconds(-1)); fire is { } time; fire = trigger.GetFireTimeAfter(time))
        {
            if (days.IsTimeIncluded(time))
            {
                yield return time;
            }
        }
    }
}
