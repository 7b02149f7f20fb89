namespace Platform.Worker.Contracts.Compatibility;

/// <summary>One difference between two versions of a contract, or between a contract and its fact table.</summary>
/// <param name="Kind">What changed.</param>
/// <param name="Column">The column; null when the dataset as a whole is concerned.</param>
/// <param name="Message">What it was and what it is.</param>
/// <param name="Breaks">
/// Why rows or files that kept the former side do not keep the present one; null when they do, so that the change is compatible.
/// </param>
internal sealed record ContractChange(ChangeKind Kind, string? Column, string Message, string? Breaks)
{
    public bool IsBreaking => Breaks is not null;

    public override string ToString() => $"{Message}{(Breaks is null ? "" : $": {Breaks}")}";
}

/// <summary>What a <see cref="ContractChange"/> is about.</summary>
internal enum ChangeKind
{
    DatasetAdded,
    DatasetRemoved,
    Description,
    Key,
    ColumnAdded,
    ColumnRemoved,
    Type,
    Required,

    /// <summary>Another rule of a column: limits, pattern, permitted values, uniqueness, reference.</summary>
    Rule,

    /// <summary>How the files are written: header names, delimiter, encoding, form of dates and numbers.</summary>
    Form,

    /// <summary>Rules over the partition, quarantine limit.</summary>
    Quality,
    ServiceLevel,
    Policy,
}
