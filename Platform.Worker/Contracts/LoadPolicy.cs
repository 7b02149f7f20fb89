namespace Platform.Worker.Contracts;

/// <summary>What a load does beyond its checks: the contract's custom properties of these names.</summary>
internal sealed record LoadPolicy
{
    public static LoadPolicy Default { get; } = new();

    /// <summary><c>schemaEvolution</c>: what becomes of columns that the contract does not know. Default freeze.</summary>
    public SchemaEvolution Evolution { get; init; } = SchemaEvolution.Freeze;

    /// <summary><c>partitioning</c>: how the fact table is partitioned by <c>_partition</c>. Default none.</summary>
    public FactPartitioning Partitioning { get; init; } = FactPartitioning.None;

    /// <summary><c>amountColumn</c>: the column that says how much money a quarantined row stands for; null when none does.</summary>
    public string? AmountColumn { get; init; }

    /// <summary>
    /// <c>amountCurrency</c>: the amount's currency, as an ISO 4217 code or as the name of the column that holds it; null when the contract gives none.
    /// </summary>
    public string? AmountCurrency { get; init; }

    /// <summary><c>quarantineLimit.rows</c>: more quarantined rows than this fail the load. Null for any number.</summary>
    public long? MaxQuarantinedRows { get; init; }

    /// <summary><c>quarantineLimit.percent</c>: a larger share of the file's rows, 0 to 100, fails the load. Null for any.</summary>
    public decimal? MaxQuarantinedPercent { get; init; }

    /// <summary>
    /// <c>lateRows</c>: rows of up to this many days before the data date go to the partition that their date names. 0, the default: they
    /// break the rule <c>partition</c>.
    /// </summary>
    public int LateDays { get; init; }

    /// <summary><c>optional</c>: whether a partition is complete without a file of this dataset. Default false.</summary>
    public bool IsOptional { get; init; }

    /// <summary>
    /// <c>manifest: optional</c>: whether a partition may arrive without a manifest. The contracts of a domain agree on it; it is then complete when
    /// every dataset that is not optional has a file. Default false: it is complete with its manifest.
    /// </summary>
    public bool IsManifestOptional { get; init; }
}

/// <summary>What becomes of a file's columns that its contract does not know.</summary>
internal enum SchemaEvolution
{
    /// <summary>The file is refused.</summary>
    Freeze,

    /// <summary>The column is added to the fact table, as optional text.</summary>
    Evolve,

    /// <summary>Rows that have a value in such a column go to quarantine; the others are loaded without it.</summary>
    Quarantine,
}

/// <summary>How a fact table is partitioned by <c>_partition</c>.</summary>
internal enum FactPartitioning
{
    None,
    Month,
    Day,
}
