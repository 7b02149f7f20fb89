using Platform.Worker.Contracts.Plan;

namespace Platform.Worker.Contracts.Parsing;

/// <summary>
/// The <c>quality</c> of a contract: rules that a row keeps or breaks become part of its column, the others are rules over the partition.
/// </summary>
internal sealed class QualitySection
{
    private readonly List<QualityRule> _rules = [];

    /// <summary>The rules over the partition, in the order of the file.</summary>
    public IReadOnlyList<QualityRule> Rules => [.. _rules.OrderBy(rule => rule.Line)];

    /// <summary>The column with the rules that belong to it.</summary>
    /// <param name="property">The column in the file.</param>
    /// <param name="typed">The column with its type alone: valid values are written in the contract's form of it.</param>
    /// <param name="column">The column to add to.</param>
    public ContractColumn OfColumn(ContractNode property, ContractColumn typed, ContractColumn column)
    {
        foreach (var node in property.Children("quality"))
        {
            if (QualityRuleReader.Read(node, column.Name) is not { } rule)
            {
                continue;
            }

            if (rule.Metric == QualityMetric.MissingValues)
            {
                column = column with { MissingValues = [.. column.MissingValues.Union(rule.MissingValues, StringComparer.Ordinal)] };
            }

            CheckValues(node, typed, rule);
            if (IsOfRow(rule))
            {
                column = Add(node, column, rule);
            }
            else
            {
                Add(node, rule);
            }
        }

        return column;
    }

    /// <summary>Reads the schema's own rules; a duplicate rule of one column makes that column unique.</summary>
    public IReadOnlyList<ParsedColumn> OfDataset(ContractNode schema, IReadOnlyList<ParsedColumn> columns)
    {
        foreach (var node in schema.Children("quality"))
        {
            if (QualityRuleReader.Read(node, column: null) is not { } rule)
            {
                continue;
            }

            var unknown = rule.Columns.Except(columns.Select(column => column.Column.Name)).ToList();
            if (unknown.Count > 0)
            {
                node.Report("arguments", $"properties names {string.Join(", ", unknown.Select(name => $"'{name}'"))}; the contract has no such column.");
            }
            else if (IsOfRow(rule) && rule.Columns is [var only])
            {
                columns = [.. columns.Select(column => column.Column.Name == only ? column with { Column = column.Column with { Unique = true } } : column)];
            }
            else
            {
                Add(node, rule);
            }
        }

        return columns;
    }

    /// <summary>Whether single rows keep or break the rule, so that those that break it go to quarantine.</summary>
    private static bool IsOfRow(QualityRule rule) =>
        rule is { FailsLoad: true, Comparison: QualityComparison.Equal, Limit: 0, Metric: not (QualityMetric.RowCount or QualityMetric.Sql) };

    private static ContractColumn Add(ContractNode node, ContractColumn column, QualityRule rule)
    {
        switch (rule.Metric)
        {
            case QualityMetric.NullValues or QualityMetric.MissingValues:
                return column with { Required = true };
            case QualityMetric.DuplicateValues:
                return column with { Unique = true };
            default:
                if ((rule.ValidValues.Count > 0 && column.Enumeration.Count > 0) || (rule.Pattern is not null && column.Pattern is not null))
                {
                    node.Report($"column '{column.Name}' has valid values or a pattern already; keep one.");
                }

                return column with
                {
                    Enumeration = rule.ValidValues.Count > 0 ? rule.ValidValues : column.Enumeration,
                    Pattern = rule.Pattern ?? column.Pattern,
                };
        }
    }

    private static void CheckValues(ContractNode node, ContractColumn typed, QualityRule rule)
    {
        if (rule is { ValidValues.Count: > 0 } && typed.Type == ColumnType.Boolean)
        {
            node.Report("arguments", $"column '{typed.Name}': validValues of a boolean are not implemented: remove them.");
        }

        if (rule.Pattern is not null && typed.Type != ColumnType.Text)
        {
            node.Report("arguments", $"column '{typed.Name}': a pattern is for texts; the column is {typed.SqlType}.");
        }

        foreach (var value in rule.ValidValues.Where(value => !CompiledColumn.IsOfType(typed, value)))
        {
            node.Report("arguments", $"column '{typed.Name}': validValues holds '{value}', which is no {typed.SqlType}.");
        }
    }

    private void Add(ContractNode node, QualityRule rule)
    {
        if (_rules.Exists(other => other.Name == rule.Name))
        {
            node.Report($"there are two quality rules '{rule.Name}'; give each its own name.");
        }

        _rules.Add(rule);
    }
}
