namespace Platform.Worker.Contracts.Compatibility;

/// <summary>The rules that hold for two contracts as for a contract and its table.</summary>
internal static class ColumnRules
{
    public static ContractChange? Key(IReadOnlyList<string> former, IReadOnlyList<string> present, string whose) => former.SequenceEqual(present)
        ? null
        : new ContractChange(
            ChangeKind.Key, null, $"the key is ({string.Join(", ", present)}), but {whose} is ({string.Join(", ", former)})",
            "rows that were told apart before may not be now");

    public static ContractChange Added(ContractColumn column) => new(
        ChangeKind.ColumnAdded, column.Name, $"column '{column.Name}' is new{(column.Required ? " and required" : "")}",
        column.Required ? "rows loaded before have no value for it" : null);

    public static ContractChange? Type(string former, ContractColumn column, string whose) => former == column.SqlType
        ? null
        : TypeWidening.IsWider(former, column)
            ? new ContractChange(ChangeKind.Type, column.Name, $"column '{column.Name}' is widened from {former} to {column.SqlType}", null)
            : new ContractChange(
                ChangeKind.Type, column.Name, $"column '{column.Name}' is {column.SqlType}, but {whose} is {former}", "not every value fits");

    public static ContractChange? Required(bool former, ContractColumn column) => (former, column.Required) switch
    {
        (false, true) => new ContractChange(
            ChangeKind.Required, column.Name, $"column '{column.Name}' is required now", "rows loaded before may lack it"),
        (true, false) => new ContractChange(ChangeKind.Required, column.Name, $"column '{column.Name}' may be empty now", null),
        _ => null,
    };
}
