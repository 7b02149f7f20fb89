namespace Platform.Worker.Contracts;

/// <summary>Section <c>Sources</c>.</summary>
internal sealed record ContractOptions
{
    public const string Section = "Sources";

    /// <summary>
    /// Folders of further domains, absolute or from the working directory: contracts in and below each, and the dbt models that read them, if it
    /// has a dbt_project.yml. Default none.
    /// </summary>
    public IReadOnlyList<string> Directories { get; init; } = [];
}
