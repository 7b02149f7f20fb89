namespace Platform.Worker.Contracts;

/// <summary>When a dataset's partitions are due and how long they are kept: the contract's <c>slaProperties</c>.</summary>
internal sealed record ServiceLevel
{
    /// <summary>Nothing promised: partitions are never late and never retired.</summary>
    public static ServiceLevel None { get; } = new();

    /// <summary>
    /// From the start of the data date (UTC) to the moment by which its partition has landed; null when nothing is promised. It comes from
    /// <c>timeOfAvailability</c> (a time of the day after the data date, with <c>latency</c> that many days later) or from <c>latency</c> alone
    /// (after the end of the data date).
    /// </summary>
    public TimeSpan? ArrivesWithin { get; init; }

    /// <summary>How old the newest loaded partition may be, from the end of its data date (<c>freshness</c>); null when nothing is promised.</summary>
    public TimeSpan? Freshness { get; init; }

    /// <summary>How long partitions are kept, in days before the newest (<c>retention</c>); null for ever.</summary>
    public int? RetentionDays { get; init; }

    /// <summary>The moment by which the partition of a date is due.</summary>
    public DateTimeOffset? Deadline(DateOnly date) =>
        ArrivesWithin is { } within ? new DateTimeOffset(date.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero) + within : null;
}
