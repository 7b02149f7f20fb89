namespace Platform.Worker.Pipeline.Deadlines;

/// <summary>By when a data date is to be published, and how it stands.</summary>
/// <param name="DataDate">The data date.</param>
/// <param name="ReadyBy">By when.</param>
/// <param name="ForecastAt">When it will be, as last forecast; null without a past to tell from, or when its run has failed.</param>
/// <param name="ReadyAt">When it was published, the first time.</param>
/// <param name="State">on_track, at_risk, missed, ready or ready_late.</param>
internal sealed record Deadline(DateOnly DataDate, DateTimeOffset ReadyBy, DateTimeOffset? ForecastAt, DateTimeOffset? ReadyAt, string State);

/// <summary>The words of <see cref="Deadline.State"/> of dates that are not ready.</summary>
internal static class DeadlineState
{
    public const string OnTrack = "on_track";

    /// <summary>It will be missed, unless somebody does something.</summary>
    public const string AtRisk = "at_risk";

    public const string Missed = "missed";
}

/// <summary>A data date that is not ready, with its run.</summary>
/// <param name="RunState">The state of the run; null when there is none yet.</param>
/// <param name="RunError">What the run waits for, or why it failed.</param>
internal sealed record OpenDeadline(DateOnly DataDate, DateTimeOffset ReadyBy, string State, string? RunState, string? RunError);
