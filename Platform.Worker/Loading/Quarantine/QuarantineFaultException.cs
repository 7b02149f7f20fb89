namespace Platform.Worker.Loading.Quarantine;

/// <summary>What was asked of quarantined rows cannot be done; nothing was changed.</summary>
internal sealed class QuarantineFaultException(IReadOnlyList<string> faults)
    : DataFaultException($"{string.Join('\n', faults.Take(MostShown))}{(faults.Count > MostShown ? $"\n... and {faults.Count - MostShown} more." : "")}\nNothing was changed.")
{
    private const int MostShown = 50;

    public QuarantineFaultException(string fault)
        : this([fault])
    {
    }

    /// <summary>Everything that is wrong, one sentence each.</summary>
    public IReadOnlyList<string> Faults { get; } = faults;
}
