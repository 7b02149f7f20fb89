using Platform.Worker.Contracts;
using Platform.Worker.Contracts.Compatibility;

namespace Platform.Worker.Tests.Contracts.Compatibility;

public sealed class ContractComparisonTests
{
    private static readonly string Parcels =
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Contracts", "Accepted", "parcels.odcs.yaml")).ReplaceLineEndings("\n");

    [Theory]
    [InlineData("      - name: signed\n", "      - name: note\n        logicalType: string\n      - name: signed\n", "column 'note' is new")]
    [InlineData("          - metric: nullValues\n            mustBe: 0\n", "", "column 'courier' may be empty now")]
    [InlineData("physicalType: numeric(10,2)", "physicalType: numeric(12,3)", "column 'fee' is widened from numeric(10,2) to numeric(12,3)")]
    [InlineData("        physicalType: integer\n", "        physicalType: bigint\n", "column 'weight_g' is widened from integer to bigint")]
    [InlineData("[north, south, null]", "[north, south, west]", "column 'courier' permits 'west' now")]
    [InlineData("minLength: 8", "minLength: 4", "column 'barcode' has another minLength")]
    [InlineData("          minLength: 8\n", "", "column 'barcode' has no minLength now")]
    [InlineData("multipleOf: 0.05", "multipleOf: 0.01", "column 'fee' is a multiple of 0.01 now")]
    [InlineData("          minimum: '2020-01-01'\n", "          minimum: '2019-01-01'\n", "column 'delivered_on' has another minimum")]
    [InlineData("exclusiveMaximum: '2100", "maximum: '2100", "column 'scanned_at' has another maximum")]
    [InlineData("      - name: signed\n        logicalType: boolean\n", "", "column 'signed' is removed")]
    [InlineData("    value: {days: 3}", "    value: {days: 5}", "rows may be 5 days late, it was 3")]
    [InlineData("{rows: 500, percent: 2.5}", "{rows: 501}", "quarantineLimit changes")]
    [InlineData("value: [fee, weight_g]", "value: [fee]", "controlSums are fee, they were fee, weight_g")]
    [InlineData("    value: 36\n", "    value: 48\n", "the service level changes")]
    [InlineData("mustBeBetween: [1, 1000000]", "mustBeBetween: [1, 10]", "the quality rule 'not too many' is changed")]
    [InlineData("purpose: Parcels", "purpose: All parcels", "the description changes")]
    public void Of_ChangeThatFilesAndTableFollow_IsCompatible(string found, string replacement, string change)
    {
        var made = Compare(found, replacement);

        Assert.Equal(change, Assert.Single(made).Message);
        Assert.False(made[0].IsBreaking, made[0].Breaks);
    }

    [Theory]
    [InlineData("      - name: signed\n", "      - name: note\n        logicalType: string\n        required: true\n      - name: signed\n", "column 'note' is new and required: rows loaded before have no value for it")]
    [InlineData("physicalName: Zusteller", "physicalName: Fahrer", "the header of column 'courier' is 'Fahrer', it was 'Zusteller': files have the former header")]
    [InlineData("physicalType: numeric(10,2)", "physicalType: numeric(10,3)", "column 'fee' is numeric(10,3), but the former is numeric(10,2): not every value fits")]
    [InlineData("[north, south, null]", "[north, null]", "column 'courier' no longer permits 'south': rows that kept the former version may go to quarantine")]
    [InlineData("maxLength: 20", "maxLength: 19", "column 'barcode' has another maxLength: rows")]
    [InlineData("multipleOf: 0.05", "multipleOf: 0.25", "column 'fee' is a multiple of 0.25 now: rows")]
    [InlineData("          multipleOf: 0.05\n", "          multipleOf: 0.05\n          exclusiveMaximum: 100\n", "column 'fee' has another maximum: rows")]
    [InlineData("          minimum: 0\n", "          exclusiveMinimum: 0\n", "column 'fee' has another minimum: rows")]
    [InlineData("pattern: '[A-Z]{3}'", "pattern: '[A-Z]{2}'", "column 'service' has the pattern [A-Z]{2} now: rows")]
    [InlineData("format: dd.MM.yyyy\n", "format: dd/MM/yyyy\n", "the form of column 'delivered_on' is dd/MM/yyyy, it was dd.MM.yyyy: the same text")]
    [InlineData("Europe/Berlin", "Europe/Paris", "the form of column 'delivered_at' is dd.MM.yyyy HH:mm in Europe/Paris, it was dd.MM.yyyy HH:mm in Europe/Berlin: the same text")]
    [InlineData("delimiter: ;", "delimiter: tab", "the delimiter of the files is tab, it was ';': files that kept")]
    [InlineData("nullText: 'NULL'", "nullText: 'n/a'", "the text for no value of the files is 'n/a', it was 'NULL': files that kept")]
    [InlineData("value: evolve", "value: freeze", "schemaEvolution is freeze, it was evolve: files with columns")]
    [InlineData("value: month", "value: day", "partitioning is day, it was month: the fact table")]
    [InlineData("    value: {days: 3}", "    value: {days: 2}", "rows may be 2 days late, it was 3: later rows go to quarantine")]
    [InlineData("{rows: 500, percent: 2.5}", "{rows: 499}", "quarantineLimit changes: partitions with as many bad rows are refused")]
    [InlineData("  - property: optional\n    value: true\n", "", "the dataset is no longer optional: partitions without it do not arrive")]
    [InlineData("mustBeGreaterThan: 0\n", "mustBeGreaterThan: 5\n", "the quality rule 'rowCount' is changed: partitions that kept the former rules may be refused")]
    public void Of_ChangeThatFilesOrTableCannotFollow_IsBreakingWithTheReason(string found, string replacement, string change)
    {
        var made = Compare(found, replacement);

        Assert.StartsWith(change, Assert.Single(made).ToString(), StringComparison.Ordinal);
        Assert.True(made[0].IsBreaking);
    }

    [Fact]
    public void Of_RemovedColumnOfAFrozenContract_IsBreaking()
    {
        var frozen = Parcels.Replace("value: evolve", "value: freeze", StringComparison.Ordinal);

        var change = Assert.Single(ContractComparison.Of(
            Read(frozen), Read(frozen.Replace("      - name: signed\n        logicalType: boolean\n", "", StringComparison.Ordinal))));

        Assert.Equal("column 'signed' is removed: files that still have it are refused (schemaEvolution freeze)", change.ToString());
    }

    [Fact]
    public void Of_AnotherKey_IsBreaking()
    {
        var change = ContractComparison.Of(Read(Parcels), Read(Parcels)).Concat(ContractComparison.Of(
            Read(Parcels), Read(Parcels) with { Key = ["courier", "parcel_id"] }));

        Assert.Equal(
            "the key is (courier, parcel_id), but the former is (parcel_id): rows that were told apart before may not be now", Assert.Single(change).ToString());
    }

    [Fact]
    public void Of_DatasetsOfADomain_TellsWhatANewOneDoesToItsPartitions()
    {
        var parcels = Read(Parcels);
        var vans = parcels with { Dataset = "vans", Policy = new LoadPolicy() };

        var changes = CatalogComparison.Of([parcels], [parcels, vans, parcels with { Domain = "depots" }]);

        Assert.Equal(
            [
                "couriers.parcels 2.3.0 -> 2.3.0: ",
                "couriers.vans  -> 2.3.0: the dataset vans is new: partitions of the domain without it do not arrive; say optional",
                "depots.parcels  -> 2.3.0: the dataset parcels is new",
            ],
            changes.Select(changed => $"{changed.Domain}.{changed.Dataset} {changed.Former} -> {changed.Present}: {string.Join("; ", changed.Changes)}"));
        Assert.True(CatalogComparison.Of([parcels], []).Single().Changes.Single().IsBreaking);
    }

    private static List<ContractChange> Compare(string found, string replacement)
    {
        Assert.Contains(found, Parcels, StringComparison.Ordinal);
        var at = Parcels.IndexOf(found, StringComparison.Ordinal);
        return [.. ContractComparison.Of(Read(Parcels), Read(Parcels.Remove(at, found.Length).Insert(at, replacement)))];
    }

    private static DatasetContract Read(string yaml)
    {
        var directory = Directory.CreateTempSubdirectory("contracts");
        try
        {
            File.WriteAllText(Path.Combine(directory.FullName, "parcels.odcs.yaml"), yaml);
            return ContractCatalog.Load([directory.FullName]).Domains[0].Datasets[0];
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
