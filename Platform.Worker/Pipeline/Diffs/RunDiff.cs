namespace Platform.Worker.Pipeline.Diffs;

/// <summary>What changed between two publications, and why.</summary>
/// <param name="Before">The publication that is compared with; null for the first of all.</param>
/// <param name="After">The publication that is looked at.</param>
/// <param name="Loads">What was loaded in between.</param>
/// <param name="LateRows">Rows of earlier dates among these loads.</param>
/// <param name="Quarantine">Quarantined rows that were replayed or discarded in between.</param>
/// <param name="Models">The models, seeds and snapshots that were built in between.</param>
/// <param name="RemovedModels">Unique ids of those that left the project.</param>
/// <param name="Metrics">Certified additive metrics that changed, date by date.</param>
internal sealed record RunDiff(
    PublicationFacts? Before,
    PublicationFacts After,
    IReadOnlyList<LoadChange> Loads,
    IReadOnlyList<LateRowsChange> LateRows,
    IReadOnlyList<QuarantineChange> Quarantine,
    IReadOnlyList<ModelChange> Models,
    IReadOnlyList<string> RemovedModels,
    IReadOnlyList<MetricChange> Metrics);

/// <summary>A publication and what it was made by.</summary>
/// <param name="Publication">Its id.</param>
/// <param name="From">The first data date of its build; null for a build without dates.</param>
/// <param name="To">The last one.</param>
/// <param name="ProjectVersion">Version of the dbt project.</param>
/// <param name="CodeVersion">Version of the Worker's code, as long as history has the attempt.</param>
internal sealed record PublicationFacts(
    long Publication, DateTimeOffset PublishedAt, Guid Invocation, DateOnly? From, DateOnly? To, string? ProjectVersion, string? CodeVersion);

/// <summary>A partition of a dataset that was loaded in between, as it was before and as it is after.</summary>
/// <param name="Kind">new: for the first time. corrected: other content. rules: another contract. reloaded: the same content by the same contract.</param>
internal sealed record LoadChange(
    string Domain, string Dataset, DateOnly DataDate, string Kind, long? RowsBefore, long RowsAfter, long? QuarantinedBefore, long QuarantinedAfter,
    string? ContractBefore, string ContractAfter)
{
    /// <summary>The content is another as well, where the kind is rules.</summary>
    public bool IsCorrected { get; init; }
}

/// <summary>Rows of a data date that came with the load of a later partition.</summary>
internal sealed record LateRowsChange(string Domain, string Dataset, DateOnly DataDate, DateOnly CameWith, long Rows);

/// <summary>Quarantined rows that became facts, or were given up.</summary>
/// <param name="Action">replayed or discarded.</param>
internal sealed record QuarantineChange(string Domain, string Dataset, DateOnly DataDate, string Action, long Rows);

/// <summary>A model that was built in between.</summary>
/// <param name="Built">whole: replaced. delta: changed in part.</param>
/// <param name="RowsBefore">Null when the model is new or was not counted.</param>
/// <param name="RowsAfter">Null when it is not counted: a view, or a strategy that does not tell what it changed.</param>
/// <param name="Added">Rows that deltas wrote; null when it was replaced.</param>
/// <param name="Removed">Rows that deltas took away.</param>
/// <param name="Why">The reasons among what happened in between, each once: new rows, corrected rows, late rows, rule change, reload, quarantine, model change.</param>
internal sealed record ModelChange(
    string UniqueId, string Relation, string Built, long? RowsBefore, long? RowsAfter, long? Added, long? Removed, IReadOnlyList<string> Why)
{
    /// <summary>Its own code is another than before.</summary>
    public bool CodeChanged { get; init; }
}

/// <summary>A metric that changed: what the changed dates had together before and after, and each of them.</summary>
/// <param name="Before">Null when it was not recorded before.</param>
internal sealed record MetricChange(
    string Metric, string? Label, string Model, decimal? Before, decimal After, IReadOnlyList<string> Why, IReadOnlyList<MetricDateChange> Dates)
{
    /// <summary>It is defined otherwise than before, so that all of its values are.</summary>
    public bool DefinitionChanged { get; init; }
}

/// <summary>A metric's value of a date.</summary>
/// <param name="Before">Null when there was none.</param>
internal sealed record MetricDateChange(DateOnly Date, decimal? Before, decimal After);
