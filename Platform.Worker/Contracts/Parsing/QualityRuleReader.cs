using System.Text.RegularExpressions;

namespace Platform.Worker.Contracts.Parsing;

/// <summary>Reads one entry of <c>quality</c>.</summary>
internal static partial class QualityRuleReader
{
    private static readonly string[] Documentation =
        ["description", "dimension", "method", "businessImpact", "tags", "authoritativeDefinitions"];

    private static readonly Dictionary<string, QualityMetric> Metrics = new(StringComparer.Ordinal)
    {
        ["rowCount"] = QualityMetric.RowCount,
        ["nullValues"] = QualityMetric.NullValues,
        ["missingValues"] = QualityMetric.MissingValues,
        ["invalidValues"] = QualityMetric.InvalidValues,
        ["duplicateValues"] = QualityMetric.DuplicateValues,
    };

    private static readonly Dictionary<string, bool> Severities = new(StringComparer.Ordinal)
    {
        ["error"] = true,
        ["warning"] = false,
        ["info"] = false,
    };

    private static readonly Dictionary<string, bool> Units = new(StringComparer.Ordinal) { ["rows"] = false, ["percent"] = true };

    /// <summary>The rule; null when it is text for people, or, with a report, not usable.</summary>
    public static QualityRule? Read(ContractNode node, string? column)
    {
        switch (node.Text("type") ?? "library")
        {
            case "library":
                return Library(node, column);
            case "sql":
                return SqlQuery(node, column);
            case "text":
                node.Allow(["id", "type", "name"], [.. Documentation, "severity"]);
                return null;
            case var other:
                node.Report("type", $"quality type '{other}' is not implemented: write the rule as a library metric or as sql. Implemented: library, sql, text.");
                return null;
        }
    }

    private static QualityRule? Library(ContractNode node, string? column)
    {
        node.Allow(["id", "type", "name", "metric", "arguments", "unit", "severity", .. QualityOperators.Keys], Documentation);
        if (!node.Has("metric"))
        {
            node.Report($"this quality rule lacks 'metric'. Implemented: {string.Join(", ", Metrics.Keys)}, and type sql.");
            return null;
        }

        if (node.Choice("metric", Metrics) is not { } metric || QualityOperators.Read(node) is not { } limits || !IsAtItsPlace(node, metric, column))
        {
            return null;
        }

        var arguments = node.Child("arguments");
        arguments?.Allow(
            metric switch
            {
                QualityMetric.MissingValues => ["missingValues"],
                QualityMetric.InvalidValues => ["validValues", "pattern"],
                QualityMetric.DuplicateValues when column is null => ["properties"],
                _ => [],
            },
            []);
        var rule = Rule(node, metric, limits) with
        {
            Columns = column is null ? arguments?.Texts("properties") ?? [] : [column],
            IsPercent = node.Choice("unit", Units) ?? false,
            MissingValues = Present(arguments, "missingValues"),
            ValidValues = Present(arguments, "validValues"),
            Pattern = arguments is null ? null : ColumnOptions.Pattern(arguments, "pattern"),
        };
        Check(node, rule);
        return rule with { Name = node.Text("name") ?? string.Join(' ', [node.Text("metric"), .. rule.Columns]) };
    }

    private static QualityRule? SqlQuery(ContractNode node, string? column)
    {
        // The unit is the query's own matter: its number is compared as it is.
        node.Allow(["id", "type", "name", "query", "severity", .. QualityOperators.Keys], [.. Documentation, "unit"]);
        var query = node.RequiredText("query");
        if (query.Length == 0 || QualityOperators.Read(node) is not { } limits)
        {
            return null;
        }

        query = Placeholder().Replace(query, match => match.Groups[1].Value is "table" or "object" ? "${table}" : "${column}").Trim();
        query = query.EndsWith(';') ? query[..^1].TrimEnd() : query;
        var fault = query switch
        {
            _ when !Query().IsMatch(query) => "must be one query: select ... or with ...",
            _ when query.Contains(';', StringComparison.Ordinal) => "holds ';'; expected one query",
            _ when !query.Contains("${table}", StringComparison.Ordinal) => "does not read ${table}, the rows of the partition",
            _ when column is null && query.Contains("${column}", StringComparison.Ordinal) => "names ${column}, but the rule is not a column's",
            _ when Unknown().Match(query) is { Success: true } unknown => $"holds {unknown.Value}; implemented are ${{table}} and ${{column}}",
            _ => null,
        };
        if (fault is not null)
        {
            node.Report("query", $"the query {fault}.");
        }

        return Rule(node, QualityMetric.Sql, limits) with
        {
            Name = node.Text("name") ?? (column is null ? $"sql at line {node.Line}" : $"sql {column}"),
            Columns = column is null ? [] : [column],
            Query = query,
        };
    }

    private static QualityRule Rule(ContractNode node, QualityMetric metric, QualityOperators.Limits limits) => new()
    {
        Name = "",
        Metric = metric,
        Comparison = limits.Comparison,
        Limit = limits.Limit,
        UpperLimit = limits.Upper,
        FailsLoad = node.Choice("severity", Severities) ?? true,
        Line = node.Line,
    };

    private static bool IsAtItsPlace(ContractNode node, QualityMetric metric, string? column)
    {
        var belongsToColumn = metric switch { QualityMetric.RowCount => false, QualityMetric.DuplicateValues => column is not null, _ => true };
        if (belongsToColumn == (column is not null))
        {
            return true;
        }

        node.Report("metric", $"metric '{node.Text("metric")}' is a rule of {(belongsToColumn ? "a property" : "the schema")}; move it there.");
        return false;
    }

    private static void Check(ContractNode node, QualityRule rule)
    {
        switch (rule.Metric)
        {
            case QualityMetric.RowCount when rule.IsPercent:
                node.Report("unit", "rowCount counts rows; remove the unit percent.");
                break;
            case QualityMetric.InvalidValues when rule.ValidValues.Count == 0 && rule.Pattern is null:
                node.Report($"column '{rule.Columns[0]}': invalidValues needs arguments.validValues or arguments.pattern.");
                break;
            case QualityMetric.DuplicateValues when rule.Columns.Count == 0:
                node.Report("duplicateValues of the schema needs arguments.properties.");
                break;
        }

        if (rule.IsPercent && (rule.Limit is < 0 or > 100 || rule.UpperLimit is > 100))
        {
            node.Report("unit", "a share in percent is 0 to 100.");
        }
    }

    /// <summary>The texts of an argument; an empty field is missing in any case, and valid where no value is required.</summary>
    private static IReadOnlyList<string> Present(ContractNode? arguments, string key) =>
        [.. arguments?.Texts(key).Where(text => text.Length > 0).Distinct(StringComparer.Ordinal) ?? []];

    /// <summary>ODCS writes <c>${table}</c>, <c>${object}</c> or <c>{object}</c>, and the same for the column.</summary>
    [GeneratedRegex(@"\$?\{(table|object|column|property)\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\A(?:select|with)\s", RegexOptions.IgnoreCase)]
    private static partial Regex Query();

    [GeneratedRegex(@"\$\{(?!table\}|column\})[^}]*\}?")]
    private static partial Regex Unknown();
}
