namespace Platform.Worker.Contracts;

/// <summary>Section <c>Sources</c>.</summary>
internal sealed record ContractOptions
{
    public const string Section = "Sources";

    /// <summary>Folders of contracts beside the built-in ones, absolute or from the working directory. Default none.</summary>
    public IReadOnlyList<string> Directories { get; init; } = [];
}
