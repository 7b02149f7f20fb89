using System.ComponentModel.DataAnnotations;

namespace Platform.Worker.Pipeline;

/// <summary>Section <c>Pipeline</c>: when the pipeline runs, and how it meets faults.</summary>
internal sealed class PipelineOptions : IValidatableObject
{
    public const string Section = "Pipeline";

    /// <summary>Quartz cron expression of the daily firing, in UTC. Default 02:00 every day.</summary>
    [Required]
    public string Cron { get; set; } = "0 0 2 * * ?";

    /// <summary>How many of the last due data dates are completed at start, in days; 0 turns catch-up off. Default 30.</summary>
    [Range(0, 3660)]
    public int CatchUpDays { get; set; } = 30;

    /// <summary>The most data dates that share one dbt_build. Default 31.</summary>
    [Range(1, 366)]
    public int BatchDays { get; set; } = 31;

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

    public int ParallelDates => MaxParallelDates > 0 ? MaxParallelDates : Math.Max(2, Environment.ProcessorCount);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
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
}
