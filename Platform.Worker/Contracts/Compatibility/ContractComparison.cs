namespace Platform.Worker.Contracts.Compatibility;

/// <summary>
/// The changes from one version of a contract to the next. A change is compatible when the fact table can follow it and every file that
/// kept the former version keeps the next one.
/// </summary>
internal static class ContractComparison
{
    private const string Refused = "files that kept the former version may be refused";

    public static IEnumerable<ContractChange> Of(DatasetContract former, DatasetContract present)
    {
        if (ColumnRules.Key(former.Key, present.Key, "the former") is { } key)
        {
            yield return key;
        }

        foreach (var change in Columns(former, present).Concat(References(former, present)).Concat(Form(former.Form, present.Form))
            .Concat(Quality(former, present)).Concat(PolicyComparison.Of(former, present)))
        {
            yield return change;
        }

        if (former.Description != present.Description)
        {
            yield return new ContractChange(ChangeKind.Description, null, "the description changes", null);
        }
    }

    private static IEnumerable<ContractChange> Columns(DatasetContract former, DatasetContract present)
    {
        foreach (var column in present.Columns)
        {
            var changes = former.Columns.FirstOrDefault(other => other.Name == column.Name) is { } before
                ? ColumnComparison.Of(before, column)
                : [ColumnRules.Added(column)];
            foreach (var change in changes)
            {
                yield return change;
            }
        }

        foreach (var column in former.Columns.ExceptBy(present.Columns.Select(column => column.Name), column => column.Name))
        {
            yield return new ContractChange(
                ChangeKind.ColumnRemoved, column.Name, $"column '{column.Name}' is removed",
                column.Required ? "it is required in the fact table" : present.Policy.Evolution switch
                {
                    SchemaEvolution.Freeze => "files that still have it are refused (schemaEvolution freeze)",
                    SchemaEvolution.Quarantine => "rows that still have a value in it go to quarantine (schemaEvolution quarantine)",
                    _ => null,
                });
        }
    }

    private static IEnumerable<ContractChange> References(DatasetContract former, DatasetContract present)
    {
        foreach (var reference in present.References.Except(former.References))
        {
            yield return new ContractChange(
                ChangeKind.Rule, reference.Column, $"column '{reference.Column}' refers to {reference.ToDomain}.{reference.ToDataset}.{reference.ToColumn} now",
                "rows may refer to what is not there");
        }

        foreach (var reference in former.References.Where(reference => present.References.All(other => other.Column != reference.Column)))
        {
            yield return new ContractChange(
                ChangeKind.Rule, reference.Column, $"column '{reference.Column}' no longer refers to {reference.ToDomain}.{reference.ToDataset}", null);
        }
    }

    private static IEnumerable<ContractChange> Form(FileForm former, FileForm present)
    {
        if (former.Delimiter != present.Delimiter)
        {
            yield return Changed("delimiter", Shown(former.Delimiter), Shown(present.Delimiter));
        }

        if (former.Encoding != present.Encoding)
        {
            yield return Changed("encoding", former.Encoding, present.Encoding);
        }

        if (former.DecimalSeparator != present.DecimalSeparator)
        {
            yield return Changed("decimal separator", $"'{former.DecimalSeparator}'", $"'{present.DecimalSeparator}'");
        }

        if (former.NullText != present.NullText)
        {
            yield return former.NullText is null
                ? new ContractChange(ChangeKind.Form, null, $"the text '{present.NullText}' is no value now", null)
                : Changed("text for no value", $"'{former.NullText}'", present.NullText is null ? "none" : $"'{present.NullText}'");
        }

        static string Shown(char delimiter) => delimiter == '\t' ? "tab" : $"'{delimiter}'";

        static ContractChange Changed(string what, string former, string present) =>
            new(ChangeKind.Form, null, $"the {what} of the files is {present}, it was {former}", Refused);
    }

    private static IEnumerable<ContractChange> Quality(DatasetContract former, DatasetContract present)
    {
        foreach (var rule in present.Quality)
        {
            var before = former.Quality.FirstOrDefault(other => other.Name == rule.Name);
            if (before is not null && IsSame(before, rule))
            {
                continue;
            }

            yield return new ContractChange(
                ChangeKind.Quality, null, $"the quality rule '{rule.Name}' is {(before is null ? "new" : "changed")}",
                rule.FailsLoad ? "partitions that kept the former rules may be refused" : null);
        }

        foreach (var rule in former.Quality.ExceptBy(present.Quality.Select(rule => rule.Name), rule => rule.Name))
        {
            yield return new ContractChange(ChangeKind.Quality, null, $"the quality rule '{rule.Name}' is removed", null);
        }
    }

    /// <summary>Records compare their lists by reference, and a rule's line is not the rule.</summary>
    private static bool IsSame(QualityRule one, QualityRule other) =>
        one.Columns.SequenceEqual(other.Columns) && one.MissingValues.SequenceEqual(other.MissingValues) && one.ValidValues.SequenceEqual(other.ValidValues)
        && one with { Columns = other.Columns, MissingValues = other.MissingValues, ValidValues = other.ValidValues, Line = other.Line } == other;
}
