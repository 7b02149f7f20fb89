using System.Globalization;
using System.Text.Json.Nodes;
using Platform.Worker.Contracts;
using Platform.Worker.Loading;
using Platform.Worker.Pipeline.Tasks;
using Platform.Worker.Sources;

namespace Platform.Worker.Pipeline.Lineage;

/// <summary>Landed files and the fact tables that they are loaded into. Each column of a fact table comes from the column of the file.</summary>
internal sealed class FileLineage(DatasetPlace place)
{
    /// <summary>The files that were generated.</summary>
    public JsonArray Outputs(IReadOnlyList<GeneratedPartition> generated) => new(
        [.. generated.SelectMany(partition => partition.Manifest.Files.GroupBy(file => file.Dataset).Select(files =>
        {
            var dataset = place.Landed(partition.Domain, files.Key);
            dataset["outputFacets"] = new JsonObject
            {
                ["outputStatistics"] = Facet.OutputStatistics(files.Sum(file => file.Rows), files.Sum(file => file.Bytes), files.Count()),
            };
            return dataset;
        }))]);

    /// <summary>The files that were loaded, with what the contract's checks found in them.</summary>
    public JsonArray Inputs(LoadedDomain loaded) => new([.. Written(loaded).Select(pair =>
    {
        var (contract, load) = pair;
        var dataset = place.Landed(contract.Domain, contract.Dataset, new JsonObject
        {
            ["schema"] = Facet.Schema(contract.Columns.Select(column => (column.HeaderName ?? column.Name, "text"))),
        });
        dataset["inputFacets"] = new JsonObject
        {
            ["inputStatistics"] = Facet.InputStatistics(load.FileRows),
            ["dataQualityAssertions"] = Facet.Assertions(Assertions(load)),
        };
        return dataset;
    })]);

    /// <summary>The fact tables that were loaded.</summary>
    public JsonArray Outputs(LoadedDomain loaded) => new([.. Written(loaded).Select(pair =>
    {
        var (contract, load) = pair;
        var dataset = place.Table(contract.Domain, contract.Dataset, new JsonObject
        {
            ["schema"] = Facet.Schema(contract.Columns.Select(column => (column.Name, column.SqlType))
                .Concat([("_partition", "date"), ("_load", "bigint"), ("_line", "integer")])),
            ["documentation"] = Facet.Documentation(contract.Description),
            ["version"] = Facet.DatasetVersion(load.LoadId.ToString(CultureInfo.InvariantCulture)),
            ["columnLineage"] = Facet.ColumnLineage(contract.Columns.Select(column => (column.Name, new JsonArray(Source(contract, column)))), rows: []),
        });
        dataset["outputFacets"] = new JsonObject { ["outputStatistics"] = Facet.OutputStatistics(load.LoadedRows) };
        return dataset;
    })]);

    private JsonObject Source(DatasetContract contract, ContractColumn column) => place.LandedField(
        contract.Domain, contract.Dataset, column.HeaderName ?? column.Name,
        new JsonObject
        {
            ["type"] = "DIRECT",
            // Text stays as it is; everything else is read from the file's text.
            ["subtype"] = column.Type is ColumnType.Text ? "IDENTITY" : "TRANSFORMATION",
        });

    private static IEnumerable<(DatasetContract Contract, DatasetLoad Load)> Written(LoadedDomain loaded) =>
        from load in loaded.Load.Datasets
        where !load.Skipped
        join contract in loaded.Domain.Datasets on load.Dataset equals contract.Dataset
        select (contract, load);

    private static JsonArray Assertions(DatasetLoad load)
    {
        var rows = new JsonObject
        {
            ["assertion"] = "row_rules",
            ["name"] = "every row keeps the rules of the contract",
            ["success"] = load.QuarantinedRows == 0,
            // Rows that break one go to quarantine; the load goes on.
            ["severity"] = "warn",
            ["expected"] = "0 rows in quarantine",
            ["actual"] = string.Create(CultureInfo.InvariantCulture, $"{load.QuarantinedRows} rows in quarantine"),
        };
        return new JsonArray([rows, .. load.Checks.Select(check =>
        {
            var assertion = new JsonObject
            {
                ["assertion"] = check.Metric,
                ["name"] = check.Name,
                ["success"] = check.Passed,
                ["severity"] = check.FailsLoad ? "error" : "warn",
                ["expected"] = check.Expected,
                ["actual"] = string.Create(CultureInfo.InvariantCulture, $"{check.Measured:0.######}{(check.IsPercent ? " %" : "")}"),
            };
            if (check.Columns is [var column])
            {
                assertion["column"] = column;
            }

            return assertion;
        })]);
    }
}
