namespace Platform.Worker.Transform.Run;

/// <summary>
/// One batch of a microbatch model, <c>model.batch</c> to macros: rows whose event time is in it are read from the inputs that have an event
/// time, and replaced in the model.
/// </summary>
/// <param name="Id">As names of relations carry it: 20260131, 20260131T07, 202601 or 2026.</param>
/// <param name="Start">First instant; UTC.</param>
/// <param name="End">End, exclusive; UTC.</param>
internal sealed record MicrobatchWindow(string Id, DateTimeOffset Start, DateTimeOffset End)
{
    /// <summary>As progress shows it: 2026-01-31.</summary>
    public required string Name { get; init; }

    /// <summary>Only the first batch of a run has the model's pre-hooks.</summary>
    public bool IsFirst { get; init; }

    /// <summary>Only the last one has its post-hooks.</summary>
    public bool IsLast { get; init; }
}
