namespace Platform.Worker.Contracts.Compatibility;

/// <summary>
/// What a contract asks of a fact table that is there: the changes that the table can follow, and those that the rows in it do not allow.
/// </summary>
internal static class TableComparison
{
    public static IEnumerable<ContractChange> Of(DatasetContract contract, FactTableShape table)
    {
        if (ColumnRules.Key(table.Key, contract.Key, "the table's") is { } key)
        {
            yield return key;
        }

        if (table.Description != contract.Description)
        {
            yield return new ContractChange(ChangeKind.Description, null, "the description of the table changes", null);
        }

        foreach (var column in contract.Columns)
        {
            if (!table.Columns.TryGetValue(column.Name, out var present))
            {
                yield return ColumnRules.Added(column);
                continue;
            }

            if (ColumnRules.Type(present.SqlType, column, "the table's") is { } type)
            {
                yield return type;
            }

            if (ColumnRules.Required(present.Required, column) is { } required)
            {
                yield return required;
            }

            if (present.Description != column.Description)
            {
                yield return new ContractChange(ChangeKind.Description, column.Name, $"the description of column '{column.Name}' changes", null);
            }
        }

        // An optional column that no contract names stays, and new rows have none.
        foreach (var (name, _) in table.Columns.ExceptBy(contract.Columns.Select(column => column.Name), column => column.Key)
            .Where(column => column.Value.Required).OrderBy(column => column.Key, StringComparer.Ordinal))
        {
            yield return new ContractChange(
                ChangeKind.ColumnRemoved, name, $"the table's required column '{name}' is not in the contract", "new rows would have no value for it");
        }
    }
}
