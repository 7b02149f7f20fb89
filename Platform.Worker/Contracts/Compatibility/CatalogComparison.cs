namespace Platform.Worker.Contracts.Compatibility;

/// <summary>The changes of one dataset.</summary>
/// <param name="Domain">The domain.</param>
/// <param name="Dataset">The dataset.</param>
/// <param name="Former">Version before; null for a new dataset.</param>
/// <param name="Present">Version now; null for a dataset that is no more.</param>
/// <param name="Changes">Empty when nothing changed that means anything.</param>
internal sealed record DatasetChanges(string Domain, string Dataset, string? Former, string? Present, IReadOnlyList<ContractChange> Changes);

/// <summary>The changes between two sets of contracts.</summary>
internal static class CatalogComparison
{
    /// <summary>All datasets of either side, by domain and name.</summary>
    public static IReadOnlyList<DatasetChanges> Of(IReadOnlyList<DatasetContract> former, IReadOnlyList<DatasetContract> present)
    {
        var before = former.ToDictionary(contract => (contract.Domain, contract.Dataset));
        var after = present.ToDictionary(contract => (contract.Domain, contract.Dataset));
        return [.. before.Keys.Union(after.Keys).OrderBy(name => name.Domain, StringComparer.Ordinal).ThenBy(name => name.Dataset, StringComparer.Ordinal)
            .Select(name => new DatasetChanges(
                name.Domain, name.Dataset, before.GetValueOrDefault(name)?.Version, after.GetValueOrDefault(name)?.Version,
                (before.GetValueOrDefault(name), after.GetValueOrDefault(name)) switch
                {
                    ({ } old, { } next) => [.. ContractComparison.Of(old, next)],
                    ({ } old, null) => [new ContractChange(ChangeKind.DatasetRemoved, null, $"the dataset {old.Dataset} is removed", "its files are refused")],
                    (null, { } next) => [Added(next, former.Any(contract => contract.Domain == next.Domain))],
                    _ => [],
                }))];
    }

    private static ContractChange Added(DatasetContract contract, bool isInKnownDomain) => new(
        ChangeKind.DatasetAdded, null, $"the dataset {contract.Dataset} is new",
        isInKnownDomain && !contract.Policy.IsOptional ? "partitions of the domain without it do not arrive; say optional" : null);
}
