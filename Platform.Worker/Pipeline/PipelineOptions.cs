using System.ComponentModel.DataAnnotations;

namespace Platform.Worker.Pipeline;

/// <summary>Section <c>Pipeline</c>: when the pipeline runs, and how it meets faults.</summary>
internal sealed class PipelineOptions
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

    /// <summary>How long the scheduler keeps the history of its firings with their captured logs. Default 30 days.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "366.00:00:00")]
    public TimeSpan HistoryRetention { get; set; } = TimeSpan.FromDays(30);

    public int ParallelDates => MaxParallelDates > 0 ? MaxParallelDates : Math.Max(2, Environment.ProcessorCount);
}
