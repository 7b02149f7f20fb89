using System.Globalization;
using Platform.Worker.Contracts;

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

    /// <summary>The result of a rule.</summary>
    /// <param name="contract">Whose rule it is.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="number">What a SQL rule gave, or how many rows a metric counted.</param>
    /// <param name="rows">Rows of the partition.</param>
    public static CheckResult Of(DatasetContract contract, QualityRule rule, decimal number, long rows)
    {
        var isShare = rule.IsPercent && rule.Metric != QualityMetric.Sql;
        var measured = isShare ? rows == 0 ? 0 : 100m * number / rows : number;
        return new CheckResult
        {
            Name = rule.Name,
            Metric = Word(rule.Metric),
            Columns = rule.Columns,
            Measured = measured,
            IsPercent = rule.IsPercent,
            Expected = rule.Expected(),
            Passed = rule.IsKeptBy(measured),
            FailsLoad = rule.FailsLoad,
            Place = $"{contract.File}:{rule.Line.ToString(CultureInfo.InvariantCulture)}",
        };
    }

    private static string Word(QualityMetric metric) => metric switch
    {
        QualityMetric.RowCount => "rowCount",
        QualityMetric.NullValues => "nullValues",
        QualityMetric.MissingValues => "missingValues",
        QualityMetric.InvalidValues => "invalidValues",
        QualityMetric.DuplicateValues => "duplicateValues",
        _ => "sql",
    };
}
