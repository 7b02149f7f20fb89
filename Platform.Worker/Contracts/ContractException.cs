namespace Platform.Worker.Contracts;

/// <summary>One fault of a contract file.</summary>
/// <param name="File">Path of the file.</param>
/// <param name="Line">Line, from 1; 0 when the fault is not at a line.</param>
/// <param name="Message">What was found, what is expected.</param>
internal sealed record ContractError(string File, int Line, string Message)
{
    public override string ToString() => Line == 0 ? $"{File}: {Message}" : $"{File}:{Line}: {Message}";
}

/// <summary>Contracts are not usable. Carries every fault of every file, so that one correction round is enough.</summary>
internal sealed class ContractException(IReadOnlyList<ContractError> errors) : ConfigurationFaultException(
    $"{errors.Count} contract error{(errors.Count == 1 ? "" : "s")}:{string.Concat(errors.Select(error => $"\n  {error}"))}")
{
    public IReadOnlyList<ContractError> Errors { get; } = errors;
}
