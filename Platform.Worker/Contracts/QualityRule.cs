namespace Platform.Worker.Contracts;

/// <summary>
/// A quality rule over the rows of a partition: an ODCS 3.1 library metric or a SQL query whose number is compared with limits. Rules that a
/// single row keeps or breaks (<c>nullValues</c>, <c>missingValues</c>, <c>invalidValues</c> or <c>duplicateValues</c> that <c>mustBe: 0</c>)
/// are part of their column instead, since their rows go to quarantine.
/// </summary>
internal sealed record QualityRule
{
    /// <summary>Name in messages and check results: the contract's <c>name</c>, or <c>metric</c> and column.</summary>
    public required string Name { get; init; }

    public required QualityMetric Metric { get; init; }

    /// <summary>The columns that are looked at; empty when the rule is about the dataset.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>The query of a <see cref="QualityMetric.Sql"/> rule, with <c>${table}</c> and <c>${column}</c>. One row, one number.</summary>
    public string? Query { get; init; }

    /// <summary>The texts that count as missing (<see cref="QualityMetric.MissingValues"/>).</summary>
    public IReadOnlyList<string> MissingValues { get; init; } = [];

    /// <summary>The permitted texts (<see cref="QualityMetric.InvalidValues"/>); empty when any is.</summary>
    public IReadOnlyList<string> ValidValues { get; init; } = [];

    /// <summary>The pattern (ECMA-262) of permitted texts (<see cref="QualityMetric.InvalidValues"/>).</summary>
    public string? Pattern { get; init; }

    public required QualityComparison Comparison { get; init; }

    /// <summary>The limit, or the lower one of two. With <see cref="IsPercent"/> in percent of the partition's rows.</summary>
    public required decimal Limit { get; init; }

    /// <summary>The upper limit of <see cref="QualityComparison.Between"/> and <see cref="QualityComparison.NotBetween"/>.</summary>
    public decimal? UpperLimit { get; init; }

    /// <summary>Whether the number is a share of the rows, 0 to 100. Default: a count of rows.</summary>
    public bool IsPercent { get; init; }

    /// <summary>Whether breaking it fails the load (severity <c>error</c>, the default) or is recorded only (<c>warning</c>, <c>info</c>).</summary>
    public bool FailsLoad { get; init; } = true;

    /// <summary>Line of the rule in the contract file, from 1.</summary>
    public int Line { get; init; }
}

/// <summary>What a quality rule measures (ODCS 3.1, library metrics and SQL).</summary>
internal enum QualityMetric
{
    RowCount,
    NullValues,
    MissingValues,
    InvalidValues,
    DuplicateValues,
    Sql,
}

/// <summary>How a quality rule compares (ODCS 3.1 operators).</summary>
internal enum QualityComparison
{
    Equal,
    NotEqual,
    GreaterThan,
    GreaterOrEqual,
    LessThan,
    LessOrEqual,

    /// <summary>Both limits are within.</summary>
    Between,

    /// <summary>Both limits are within what is refused.</summary>
    NotBetween,
}
