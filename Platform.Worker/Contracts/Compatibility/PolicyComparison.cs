namespace Platform.Worker.Contracts.Compatibility;

/// <summary>The changes of what a load does beyond its checks, between two versions of a contract.</summary>
internal static class PolicyComparison
{
    public static IEnumerable<ContractChange> Of(DatasetContract former, DatasetContract present)
    {
        var (before, after) = (former.Policy, present.Policy);
        ContractChange?[] changes =
        [
            former.PartitionColumn == present.PartitionColumn ? null : Change(
                ChangeKind.Rule, $"partitionColumn is {present.PartitionColumn ?? "none"}, it was {former.PartitionColumn ?? "none"}",
                present.PartitionColumn is null ? null : "rows of other dates go to quarantine"),
            former.ControlSums.SequenceEqual(present.ControlSums) ? null : Change(
                ChangeKind.Policy, $"controlSums are {Shown(present.ControlSums)}, they were {Shown(former.ControlSums)}", null),
            former.ServiceLevel == present.ServiceLevel ? null : Change(ChangeKind.ServiceLevel, "the service level changes", null),
            before.Evolution == after.Evolution ? null : Change(
                ChangeKind.Policy, $"schemaEvolution is {Word(after.Evolution)}, it was {Word(before.Evolution)}", after.Evolution switch
                {
                    SchemaEvolution.Freeze => "files with columns that the contract does not know are refused",
                    SchemaEvolution.Quarantine when before.Evolution == SchemaEvolution.Evolve => "rows with values in unknown columns go to quarantine",
                    _ => null,
                }),
            before.Partitioning == after.Partitioning ? null : Change(
                ChangeKind.Policy, $"partitioning is {Word(after.Partitioning)}, it was {Word(before.Partitioning)}",
                before.Partitioning == FactPartitioning.None ? null : "the fact table is partitioned otherwise already"),
            before.AmountColumn == after.AmountColumn ? null : Change(
                ChangeKind.Policy, $"amountColumn is {after.AmountColumn ?? "none"}, it was {before.AmountColumn ?? "none"}", null),
            QuarantineLimit(before, after),
            before.LateDays == after.LateDays ? null : Change(
                ChangeKind.Policy, $"rows may be {after.LateDays} days late, it was {before.LateDays}", after.LateDays < before.LateDays ? "later rows go to quarantine" : null),
            before.IsOptional == after.IsOptional ? null : Change(
                ChangeKind.Policy, after.IsOptional ? "the dataset is optional now" : "the dataset is no longer optional", after.IsOptional ? null : "partitions without it do not arrive"),
            before.IsManifestOptional == after.IsManifestOptional ? null : Change(
                ChangeKind.Policy, after.IsManifestOptional ? "a manifest is optional now" : "a manifest is required now", after.IsManifestOptional ? null : "partitions without it do not arrive"),
        ];
        return changes.OfType<ContractChange>();
    }

    private static ContractChange? QuarantineLimit(LoadPolicy before, LoadPolicy after)
    {
        if ((before.MaxQuarantinedRows, before.MaxQuarantinedPercent) == (after.MaxQuarantinedRows, after.MaxQuarantinedPercent))
        {
            return null;
        }

        var isTighter = after.MaxQuarantinedRows < (before.MaxQuarantinedRows ?? long.MaxValue)
            || after.MaxQuarantinedPercent < (before.MaxQuarantinedPercent ?? decimal.MaxValue);
        return Change(ChangeKind.Quality, "quarantineLimit changes", isTighter ? "partitions with as many bad rows are refused" : null);
    }

    private static string Shown(IReadOnlyList<string> columns) => columns.Count == 0 ? "none" : string.Join(", ", columns);

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static ContractChange Change(ChangeKind kind, string message, string? breaks) => new(kind, null, message, breaks);
}
