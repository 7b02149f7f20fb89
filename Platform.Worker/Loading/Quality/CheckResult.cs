namespace Platform.Worker.Loading.Quality;

/// <summary>What a quality rule measured on the rows of a load (<c>meta.check_result</c>).</summary>
internal sealed record CheckResult
{
    public required string Name { get; init; }

    /// <summary>The ODCS metric, or <c>sql</c>.</summary>
    public required string Metric { get; init; }

    public required IReadOnlyList<string> Columns { get; init; }

    public required decimal Measured { get; init; }

    /// <summary>Whether the number is percent of the rows.</summary>
    public required bool IsPercent { get; init; }

    /// <summary>What the number is expected to be, e.g. <c>&lt;= 5 %</c>.</summary>
    public required string Expected { get; init; }

    public required bool Passed { get; init; }

    /// <summary>Whether breaking it fails the load.</summary>
    public required bool FailsLoad { get; init; }

    /// <summary>File and line of the rule.</summary>
    public required string Place { get; init; }

    public override string ToString() =>
        $"rule '{Name}' ({Place}) measured {Measured:0.######}{(IsPercent ? " %" : "")}{(Columns.Count > 0 ? $" on {string.Join(", ", Columns)}" : "")}; expected {Expected}";
}
