using System.Text.Json.Nodes;

namespace Platform.Worker.Pipeline.Lineage;

/// <summary>The facets of OpenLineage that events carry, each by the version of its schema (https://openlineage.io/spec/facets).</summary>
internal static class Facet
{
    private const string Spec = "https://openlineage.io/spec";

    /// <summary>Schema of the events.</summary>
    public const string RunEvent = $"{Spec}/2-0-2/OpenLineage.json#/$defs/RunEvent";

    /// <summary>Who made the events, with its version.</summary>
    public static string Producer { get; } = $"urn:platform:worker:{Version}";

    public static string Version => typeof(Facet).Assembly.GetName().Version?.ToString(3) ?? "0";

    public static JsonObject Parent(string job, Guid run, string jobNamespace, (string Job, Guid Run)? root = null) => Of(
        "ParentRunFacet", "1-2-0",
        new JsonObject
        {
            ["run"] = new JsonObject { ["runId"] = run },
            ["job"] = new JsonObject { ["namespace"] = jobNamespace, ["name"] = job },
            ["root"] = new JsonObject
            {
                ["run"] = new JsonObject { ["runId"] = root?.Run ?? run },
                ["job"] = new JsonObject { ["namespace"] = jobNamespace, ["name"] = root?.Job ?? job },
            },
        });

    /// <summary>The data dates, from the first one's midnight to the midnight after the last; UTC.</summary>
    public static JsonObject NominalTime(DataDateRange dates) => Of(
        "NominalTimeRunFacet", "1-0-1",
        new JsonObject { ["nominalStartTime"] = $"{dates.From:yyyy-MM-dd}T00:00:00Z", ["nominalEndTime"] = $"{dates.To.AddDays(1):yyyy-MM-dd}T00:00:00Z" });

    public static JsonObject ErrorMessage(string message) => Of(
        "ErrorMessageRunFacet", "1-0-1", new JsonObject { ["message"] = message, ["programmingLanguage"] = "C#" });

    public static JsonObject ProcessingEngine() => Of(
        "ProcessingEngineRunFacet", "1-1-1",
        new JsonObject { ["name"] = "Platform", ["version"] = Version, ["openlineageAdapterVersion"] = Version });

    /// <param name="type">DAG, TASK, MODEL, SEED or SNAPSHOT.</param>
    public static JsonObject JobType(string type) => Of(
        "JobTypeJobFacet", "2-0-4", new JsonObject { ["processingType"] = "BATCH", ["integration"] = "PLATFORM", ["jobType"] = type });

    public static JsonObject Sql(string query) => Of("SQLJobFacet", "1-1-0", new JsonObject { ["query"] = query, ["dialect"] = "postgres" });

    public static JsonObject Schema(IEnumerable<(string Name, string Type)> columns) => Of(
        "SchemaDatasetFacet", "1-2-0",
        new JsonObject
        {
            ["fields"] = new JsonArray([.. columns.Select((column, index) => new JsonObject
            {
                ["name"] = column.Name, ["type"] = column.Type, ["ordinal_position"] = index + 1,
            })]),
        });

    public static JsonObject DataSource(string place) => Of(
        "DatasourceDatasetFacet", "1-0-1", new JsonObject { ["name"] = place, ["uri"] = place });

    public static JsonObject DatasetVersion(string version) => Of(
        "DatasetVersionDatasetFacet", "1-0-1", new JsonObject { ["datasetVersion"] = version });

    public static JsonObject Documentation(string description) => Of(
        "DocumentationDatasetFacet", "1-1-0", new JsonObject { ["description"] = description });

    /// <param name="fields">The columns that each column's values come from.</param>
    /// <param name="rows">The columns that decide which rows there are.</param>
    public static JsonObject ColumnLineage(IEnumerable<(string Column, JsonArray Inputs)> fields, JsonArray rows)
    {
        var facet = new JsonObject
        {
            ["fields"] = new JsonObject(fields.Select(field => KeyValuePair.Create<string, JsonNode?>(
                field.Column, new JsonObject { ["inputFields"] = field.Inputs }))),
        };
        if (rows.Count > 0)
        {
            facet["dataset"] = rows;
        }

        return Of("ColumnLineageDatasetFacet", "1-2-0", facet);
    }

    public static JsonObject Assertions(JsonArray assertions) => Of(
        "DataQualityAssertionsDatasetFacet", "1-1-0", new JsonObject { ["assertions"] = assertions });

    public static JsonObject InputStatistics(long rows, long? bytes = null, int? files = null) =>
        Of("InputStatisticsInputDatasetFacet", "1-0-0", Statistics(rows, bytes, files));

    public static JsonObject OutputStatistics(long rows, long? bytes = null, int? files = null) =>
        Of("OutputStatisticsOutputDatasetFacet", "1-0-2", Statistics(rows, bytes, files));

    private static JsonObject Statistics(long rows, long? bytes, int? files)
    {
        var statistics = new JsonObject { ["rowCount"] = rows };
        if (bytes is not null)
        {
            statistics["size"] = bytes;
        }

        if (files is not null)
        {
            statistics["fileCount"] = files;
        }

        return statistics;
    }

    private static JsonObject Of(string name, string version, JsonObject facet)
    {
        facet["_producer"] = Producer;
        facet["_schemaURL"] = $"{Spec}/facets/{version}/{name}.json#/$defs/{name}";
        return facet;
    }
}
