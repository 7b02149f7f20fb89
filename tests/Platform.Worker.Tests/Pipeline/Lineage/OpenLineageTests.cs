using System.Text.Json.Nodes;
using Platform.Testing;
using Platform.Worker.Tests.Operate;

namespace Platform.Worker.Tests.Pipeline.Lineage;

/// <summary>What the real executable sends of real runs, against the published schemas of OpenLineage.</summary>
public sealed class OpenLineageTests(EmbeddedServers servers, ITestOutputHelper output)
{
    private const string Pipeline = "etl_full_pipeline_daily";
    private const string RunEvent = "https://openlineage.io/spec/2-0-2/OpenLineage.json";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_WithAReceiver_SendsRunTasksDatasetsAndModelsAsTheSpecHasThem()
    {
        await using var system = await TestSystem.CreateAsync(servers);
        await using var receiver = await LineageReceiver.StartAsync();

        await RunAsync(system, receiver, expected: 0);

        var events = receiver.Events.ToList();
        Validate(events);
        var runs = Of(events, Pipeline);
        Assert.Equal(["START", "COMPLETE"], runs.Select(Type));
        Assert.Single(runs.Select(Run).Distinct());
        Assert.Equal("2026-01-30T00:00:00Z", (string?)runs[0]["run"]!["facets"]!["nominalTime"]!["nominalStartTime"]);
        foreach (var task in new[] { "generate_mock_data", "etl_sales", "etl_operations", "etl_finance", "dbt_build" })
        {
            var told = Of(events, $"{Pipeline}.{task}");
            Assert.Equal(["START", "COMPLETE"], told.Select(Type));
            Assert.All(told, one => Assert.Equal(Run(runs[0]), (string?)one["run"]!["facets"]!["parent"]!["run"]!["runId"]));
        }

        var load = Of(events, $"{Pipeline}.etl_sales")[1];
        var landed = Assert.Single(load["inputs"]!.AsArray(), dataset => (string?)dataset!["name"] == "sales/orders")!;
        Assert.StartsWith("wasbs://", (string?)landed["namespace"], StringComparison.Ordinal);
        Assert.NotEmpty(landed["inputFacets"]!["dataQualityAssertions"]!["assertions"]!.AsArray());
        var orders = Assert.Single(load["outputs"]!.AsArray(), dataset => ((string)dataset!["name"]!).EndsWith(".sales.orders", StringComparison.Ordinal))!;
        Assert.StartsWith("postgres://", (string?)orders["namespace"], StringComparison.Ordinal);
        Assert.True(await system.HoldsAsync($"(select count(*) from sales.orders) = {Rows(orders)}"));
        Assert.Equal("sales/orders", (string?)orders["facets"]!["columnLineage"]!["fields"]!["order_id"]!["inputFields"]![0]!["name"]);

        var model = Of(events, $"{Pipeline}.dbt_build.model.platform.fct_orders");
        Assert.Equal(["START", "COMPLETE"], model.Select(Type));
        var facts = Assert.Single(model[1]["outputs"]!.AsArray())!;
        Assert.True(await system.HoldsAsync($"(select count(*) from analytics.fct_orders) = {Rows(facts)}"));
        Assert.Contains(facts["facets"]!["schema"]!["fields"]!.AsArray(), field => (string?)field!["name"] == "order_id");
        Assert.Contains("order_id", facts["facets"]!["columnLineage"]!["fields"]!.AsObject().Select(field => field.Key));
        Assert.Contains("select", (string?)model[1]["job"]!["facets"]!["sql"]!["query"], StringComparison.OrdinalIgnoreCase);
        Assert.NotEmpty(model[1]["inputs"]!.AsArray());

        var tested = Of(events, $"{Pipeline}.dbt_build")[1]["inputs"]!.AsArray();
        Assert.Contains(
            tested.SelectMany(dataset => dataset!["inputFacets"]!["dataQualityAssertions"]!["assertions"]!.AsArray()),
            assertion => (string?)assertion!["assertion"] == "not_null" && (bool)assertion["success"]!);
        Assert.All(receiver.Authorizations, sent => Assert.Equal("Bearer the key", sent));
    }

    [Fact]
    public async Task Run_ATestOfTheProjectFails_SendsWhyAndWhichAssertionFailed()
    {
        await using var system = await TestSystem.CreateAsync(servers);
        await using var receiver = await LineageReceiver.StartAsync();
        using var project = new ProjectCopy();
        await File.WriteAllTextAsync(
            Path.Combine(project.Folder, "tests", "assert_never.sql"), "select order_id from {{ ref('fct_orders') }}", Token);

        await RunAsync(system, receiver, expected: 1, ("Transform__ProjectDirectory", project.Folder));

        var events = receiver.Events.ToList();
        Validate(events);
        Assert.Equal(["START", "FAIL"], Of(events, Pipeline).Select(Type));
        var build = Of(events, $"{Pipeline}.dbt_build")[1];
        Assert.Equal("FAIL", Type(build));
        Assert.Contains("assert_never", (string?)build["run"]!["facets"]!["errorMessage"]!["message"], StringComparison.Ordinal);
        var failed = build["inputs"]!.AsArray()
            .SelectMany(dataset => dataset!["inputFacets"]!["dataQualityAssertions"]!["assertions"]!.AsArray(), (dataset, assertion) => (dataset, assertion))
            .Single(pair => !(bool)pair.assertion!["success"]!);
        Assert.EndsWith(".analytics.fct_orders", (string?)failed.dataset!["name"], StringComparison.Ordinal);
        Assert.Equal("assert_never", (string?)failed.assertion!["name"]);
        // Nothing was published, so the models' columns are not known.
        Assert.Null(Of(events, $"{Pipeline}.dbt_build.model.platform.fct_orders")[1]["outputs"]![0]!["facets"]!["columnLineage"]);
    }

    [Fact]
    public async Task Run_TheReceiverIsDown_SucceedsAsWithout()
    {
        await using var system = await TestSystem.CreateAsync(servers);
        var receiver = await LineageReceiver.StartAsync();
        var endpoint = receiver.Endpoint;
        await receiver.DisposeAsync();
        var settings = system.Settings();
        settings["Lineage__Endpoint"] = endpoint.ToString();
        settings["Lineage__FlushTimeout"] = "00:00:00.2";

        var (code, said, error) = await WorkerProcess.RunAsync(["run", "--date", "2026-01-30"], settings, Token);

        Assert.True(code == 0, error);
        Assert.Contains("1 of 1 data dates succeeded.", said, StringComparison.Ordinal);
    }

    private static async Task RunAsync(TestSystem system, LineageReceiver receiver, int expected, params (string Key, string Value)[] more)
    {
        var settings = system.Settings();
        settings["Lineage__Endpoint"] = receiver.Endpoint.ToString();
        settings["Lineage__ApiKey"] = "the key";
        settings["Lineage__FlushTimeout"] = "00:02:00";
        foreach (var (key, value) in more)
        {
            settings[key] = value;
        }

        var (code, _, error) = await WorkerProcess.RunAsync(["run", "--date", "2026-01-30"], settings, Token);
        Assert.True(code == expected, error);
    }

    /// <summary>Every event against the spec, and every facet of it against the schema that it names.</summary>
    private void Validate(IReadOnlyList<JsonObject> events)
    {
        if (JsonSchema.PublishedFolder("openlineage", output) is not { } schemas)
        {
            return;
        }

        var facets = 0;
        foreach (var told in events)
        {
            Assert.Equal([], schemas[RunEvent].Validate(told));
            foreach (var (place, facet) in Facets(told, "$"))
            {
                var schema = ((string)facet["_schemaURL"]!).Split('#');
                Assert.True(schemas.ContainsKey(schema[0]), $"{place}: no schema {schema[0]}");
                Assert.Equal([], schemas[schema[0]].Validate(schema[1], facet, place));
                facets++;
            }
        }

        output.WriteLine($"{events.Count} events with {facets} facets were checked.");
    }

    private static IEnumerable<(string Place, JsonObject Facet)> Facets(JsonNode? node, string place) => node switch
    {
        JsonObject facet when facet.ContainsKey("_schemaURL") => [(place, facet)],
        JsonObject properties => properties.SelectMany(property => Facets(property.Value, $"{place}.{property.Key}")),
        JsonArray items => items.SelectMany((item, index) => Facets(item, $"{place}[{index}]")),
        _ => [],
    };

    private static List<JsonObject> Of(IEnumerable<JsonObject> events, string job) => [.. events.Where(told => (string?)told["job"]!["name"] == job)];

    private static string? Type(JsonObject told) => (string?)told["eventType"];

    private static string? Run(JsonObject told) => (string?)told["run"]!["runId"];

    private static long Rows(JsonNode dataset) => (long)dataset["outputFacets"]!["outputStatistics"]!["rowCount"]!;
}
