using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Platform.Worker.Pipeline.Schedule;
using Quartz;

namespace Platform.Worker.Pipeline;

/// <summary>Section <c>Pipeline</c>: when the pipeline runs, and how it meets faults.</summary>
internal sealed class PipelineOptions : IValidatableObject
{
    public const string Section = "Pipeline";

    /// <summary>Quartz cron expression of the daily firing, by the clocks of <see cref="TimeZone"/>. Default 02:00 every day.</summary>
    [Required]
    public string Cron { get; set; } = "0 0 2 * * ?";

    /// <summary>IANA name of the time zone of <see cref="Cron"/>, <see cref="ReadyBy"/> and the data dates, e.g. <c>Europe/Berlin</c>. Default UTC.</summary>
    [Required]
    public string TimeZone { get; set; } = "UTC";

    /// <summary>Days on which the pipeline does not fire.</summary>
    public CalendarOptions Calendar { get; } = new();

    /// <summary>
    /// What a firing does while the one before still runs: <c>allow</c> starts it beside that one, <c>queue</c> has it wait for the end, <c>skip</c> leaves it
    /// out. The data dates of firings left out are taken along by the next. Default <c>allow</c>: dates are exclusive in the ledger.
    /// </summary>
    public string Overlap { get; set; } = "allow";

    /// <summary>
    /// By when the data dates of a firing are to be published, on its day: <c>HH:mm</c> by the clocks of <see cref="TimeZone"/>. Default none: no deadline.
    /// </summary>
    public string? ReadyBy { get; set; }

    /// <summary>Of each task's past durations, this quantile is what a forecast takes for the next. Default 0.9.</summary>
    [Range(0.5, 1.0)]
    public double ForecastQuantile { get; set; } = 0.9;

    /// <summary>How many of the last data dates a forecast looks at. Default 30.</summary>
    [Range(1, 1000)]
    public int ForecastDates { get; set; } = 30;

    /// <summary>How many of the last due data dates are completed at start, in days; 0 turns catch-up off. Default 30.</summary>
    [Range(0, 3660)]
    public int CatchUpDays { get; set; } = 30;

    /// <summary>The most data dates that share one dbt_build. Default 31.</summary>
    [Range(1, 366)]
    public int BatchDays { get; set; } = 31;

    /// <summary>
    /// A build's tests look at the rows that it may have changed. One that begins this long or longer after the last that looked at whole tables looks at
    /// whole tables, too; 0 makes every build do so. Default 7 days.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "366.00:00:00")]
    public TimeSpan WholeTestInterval { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Data dates generated and loaded side by side; 0 means one per processor core. Default 0.</summary>
    [Range(0, 64)]
    public int MaxParallelDates { get; set; }

    /// <summary>How often a task is tried again after an infrastructure fault. Default 5; data and configuration faults are never retried.</summary>
    [Range(0, 20)]
    public int MaxRetries { get; set; } = 5;

    /// <summary>The median wait before the first retry; it doubles each time, with jitter. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait between two tries. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>No retry begins later than this after the first attempt. Default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "2.00:00:00")]
    public TimeSpan RetryDeadline { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long an attempt of a task may take, by task name (<c>etl_sales</c>, <c>dbt_build</c>); one that takes longer is an infrastructure fault and is
    /// retried. Default none.
    /// </summary>
    public Dictionary<string, TimeSpan> TaskTimeouts { get; } = [];

    /// <summary>How long an attempt of any other task may take; 0 for no limit. Default 0.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "2.00:00:00")]
    public TimeSpan TaskTimeout { get; set; }

    /// <summary>Tasks of one data date that run side by side, in one Worker; 0 means all that may. Default 0.</summary>
    [Range(0, 64)]
    public int MaxParallelTasks { get; set; }

    /// <summary>Data dates that are generated and loaded at once by all Workers together; 0 for no limit. Default 0.</summary>
    [Range(0, 1000)]
    public int MaxActiveRuns { get; set; }

    /// <summary>Pools by name, with how many tasks may be in each at once, in all Workers. Default none.</summary>
    public Dictionary<string, int> Pools { get; } = [];

    /// <summary>The pool of a task, by task name; dbt_build needs none, because it runs alone. Default none.</summary>
    public Dictionary<string, string> TaskPools { get; } = [];

    /// <summary>How often runs whose Worker is gone are looked for (at start they always are). Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "1.00:00:00")]
    public TimeSpan ResumeInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often partitions that runs wait for are looked for, and deadlines and freshness are checked. Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan ArrivalInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often dates that were loaded are looked at for files landed again (corrected data). Default 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan CorrectionInterval { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How many of the last due data dates are looked at for files landed again, in days; 0 for none. Default 7.</summary>
    [Range(0, 3660)]
    public int CorrectionDays { get; set; } = 7;

    /// <summary>Quartz cron expression, in UTC, of the removal of partitions older than their contract's retention. Default 03:30 every day.</summary>
    [Required]
    public string RetirementCron { get; set; } = "0 30 3 * * ?";

    /// <summary>
    /// How long past attempts of tasks, their logs, backfills that are over, and the scheduler's firings are kept. The last attempt of a task on a date, and
    /// the last that succeeded, are kept with the run. Default 30 days.
    /// </summary>
    [Range(typeof(TimeSpan), "01:00:00", "366.00:00:00")]
    public TimeSpan HistoryRetention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How often history past its time is deleted. Default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "1.00:00:00")]
    public TimeSpan PruneInterval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long an attempt of the task may take; null for no limit.</summary>
    public TimeSpan? TimeoutOf(string task) =>
        TaskTimeouts.TryGetValue(task, out var timeout) ? timeout : TaskTimeout > TimeSpan.Zero ? TaskTimeout : null;

    /// <summary>The time of <see cref="ReadyBy"/>; null when there is no deadline.</summary>
    public TimeOnly? ReadyByTime =>
        ReadyBy is { Length: > 0 } text && TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;

    public int ParallelDates => MaxParallelDates > 0 ? MaxParallelDates : Math.Max(2, Environment.ProcessorCount);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (cron, option) in new[] { (Cron, nameof(Cron)), (RetirementCron, nameof(RetirementCron)) })
        {
            if (CronError(cron) is { } error)
            {
                yield return new($"{Section}:{option} '{cron}' is no Quartz cron expression such as '0 0 2 * * ?': {error}", [option]);
            }
        }
        if (!(TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out var zone) && (zone.HasIanaId || TimeZone == "UTC")))
        {
            yield return new($"{Section}:TimeZone '{TimeZone}' is no IANA time zone; expected a name such as Europe/Berlin or UTC.", [nameof(TimeZone)]);
        }
        foreach (var error in Calendar.ReadWeekend().Errors)
        {
            yield return new($"{Section}:Calendar:WeekendDays: {error}", [nameof(Calendar)]);
        }
        foreach (var error in Calendar.Holidays is { Length: > 0 } file ? HolidayFile.Read(file).Errors : [])
        {
            yield return new($"{Section}:Calendar:Holidays: {error}", [nameof(Calendar)]);
        }
        if (Overlap is not ("allow" or "queue" or "skip"))
        {
            yield return new($"{Section}:Overlap '{Overlap}' is none; expected allow, queue or skip.", [nameof(Overlap)]);
        }
        if (ReadyBy is { Length: > 0 } && ReadyByTime is null)
        {
            yield return new($"{Section}:ReadyBy '{ReadyBy}' is no time of the day; expected HH:mm, such as 06:00.", [nameof(ReadyBy)]);
        }
        foreach (var (task, timeout) in TaskTimeouts.Where(timeout => timeout.Value <= TimeSpan.Zero))
        {
            yield return new($"{Section}:TaskTimeouts:{task} is {timeout}; it must be more than 0.", [nameof(TaskTimeouts)]);
        }
        foreach (var (pool, places) in Pools.Where(pool => pool.Value < 1))
        {
            yield return new($"{Section}:Pools:{pool} is {places}; a pool needs at least 1 place.", [nameof(Pools)]);
        }
        foreach (var (task, pool) in TaskPools.Where(task => !Pools.ContainsKey(task.Value)))
        {
            yield return new($"{Section}:TaskPools:{task} names '{pool}', which is not in {Section}:Pools.", [nameof(TaskPools)]);
        }
    }

    private static string? CronError(string cron)
    {
        try
        {
            CronExpression.Parse(cron);
            return null;
        }
        catch (FormatException exception)
        {
            return exception.Message;
        }
    }
}
