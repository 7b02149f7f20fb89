namespace Platform.Worker.Pipeline.Diffs;

/// <summary>Why a model changed: what happened in between to that which it is made of.</summary>
internal sealed class Reasons
{
    public const string NewRows = "new rows";
    public const string CorrectedRows = "corrected rows";
    public const string LateRows = "late rows";
    public const string RuleChange = "rule change";
    public const string Reload = "reload";
    public const string Quarantine = "quarantine";
    public const string ModelChange = "model change";

    private readonly ILookup<string, string> _ofSources;
    private readonly HashSet<string> _changedModels;

    public Reasons(
        IEnumerable<LoadChange> loads, IEnumerable<LateRowsChange> late, IEnumerable<QuarantineChange> quarantine, IEnumerable<string> changedModels)
    {
        _ofSources = loads.SelectMany(load => OfLoad(load).Select(reason => (Source: $"{load.Domain}.{load.Dataset}", reason)))
            .Concat(late.Select(rows => ($"{rows.Domain}.{rows.Dataset}", LateRows)))
            .Concat(quarantine.Select(rows => ($"{rows.Domain}.{rows.Dataset}", Quarantine)))
            .Distinct().ToLookup(entry => entry.Item1, entry => entry.Item2);
        _changedModels = [.. changedModels];
    }

    /// <param name="model">Its unique id.</param>
    /// <param name="reads">The models that it reads, at any depth.</param>
    /// <param name="sources">domain.dataset of the sources that it reads, at any depth.</param>
    public IReadOnlyList<string> Of(string model, IEnumerable<string> reads, IEnumerable<string> sources) =>
    [
        .. sources.SelectMany(source => _ofSources[source])
            .Concat(reads.Append(model).Any(_changedModels.Contains) ? [ModelChange] : []).Distinct().Order(StringComparer.Ordinal),
    ];

    private static IEnumerable<string> OfLoad(LoadChange load) => load.Kind switch
    {
        "new" => [NewRows],
        "corrected" => [CorrectedRows],
        "rules" => load.IsCorrected ? [RuleChange, CorrectedRows] : [RuleChange],
        _ => [Reload],
    };
}
