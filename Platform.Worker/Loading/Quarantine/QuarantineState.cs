namespace Platform.Worker.Loading.Quarantine;

/// <summary>Where a quarantined row stands.</summary>
internal enum QuarantineState
{
    /// <summary>Waits for a decision.</summary>
    Open,

    /// <summary>In the fact table now, corrected or as it came.</summary>
    Replayed,

    /// <summary>Given up for good.</summary>
    Discarded,

    /// <summary>Of a load that was refused as a whole; fixing or discarding it counts from the next load on.</summary>
    Refused,

    /// <summary>Of a load that is no longer current.</summary>
    Superseded,
}

internal static class QuarantineStates
{
    /// <summary>The states by their word in <c>meta.quarantine</c>, the verbs and the operator API.</summary>
    public static IReadOnlyDictionary<string, QuarantineState> ByWord { get; } =
        Enum.GetValues<QuarantineState>().ToDictionary(state => state.Word(), StringComparer.Ordinal);

    public static string Word(this QuarantineState state) => state switch
    {
        QuarantineState.Open => "open",
        QuarantineState.Replayed => "replayed",
        QuarantineState.Discarded => "discarded",
        QuarantineState.Refused => "refused",
        _ => "superseded",
    };
}
