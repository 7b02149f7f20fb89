using Platform.Api.Tests.Sample;

namespace Platform.Api.Tests.Metrics;

/// <summary>A project that was published from another schema is served with its own models, time spine and dates.</summary>
public sealed class OtherProjectTests(SampleApi sample) : IClassFixture<SampleApi>
{
    private const string Manifest = """
        {
          "semantic_models": [{
            "name": "shipments", "node_relation": {"alias": "shipments", "schema_name": "Other Shop"}, "defaults": {"agg_time_dimension": "sent"},
            "entities": [{"name": "shipment", "type": "primary", "expr": "id"}],
            "dimensions": [{"name": "sent", "type": "time", "type_params": {"time_granularity": "day"}}],
            "measures": [{"name": "shipments", "agg": "count", "expr": "id"}]
          }],
          "metrics": [{"name": "shipments", "type": "simple", "type_params": {"measure": {"name": "shipments", "join_to_timespine": true, "fill_nulls_with": 0}},
            "config": {"meta": {"owner": "ops", "unit": "count", "currency": "EUR"}}, "time_granularity": "week"}],
          "project_configuration": {"time_spines": [
            {"node_relation": {"alias": "working_days", "schema_name": "Other Shop"}, "primary_column": {"name": "day", "time_granularity": "day"}, "custom_granularities": []}]}
        }
        """;

    [Fact]
    public async Task Query_OfAnotherProjectsMetric_UsesItsSchemaSpineAndDates()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var database = await SampleWorld.CreateAsync(sample);
        await SampleDatabase.ExecuteAsync(
            database,
            """
            create schema "Other Shop";
            create table "Other Shop".shipments as select n as id, date '2026-06-01' + 3 * n as sent from generate_series(0, 3) as n;
            create table "Other Shop".working_days as select day::date as day from generate_series(date '2026-05-29', date '2026-06-11', '1 day') as day
              where extract(isodow from day) < 6;
            grant usage on schema "Other Shop" to platform_api;
            grant select on all tables in schema "Other Shop" to platform_api;
            """,
            cancellationToken);
        await SampleDatabase.PublishAsync(database, cancellationToken, Manifest, project: "other", isDated: false);
        await using var server = new ApiServer(SampleDatabase.ApiConnectionString(database));

        // The days are those of its time spine: all of them and no weekend, though another project ended long before.
        Assert.Equal(
            [["2026-05-29", "0"], ["2026-06-01", "1"], ["2026-06-02", "0"], ["2026-06-03", "0"], ["2026-06-04", "1"], ["2026-06-05", "0"], ["2026-06-08", "0"], ["2026-06-09", "0"], ["2026-06-10", "1"], ["2026-06-11", "0"]],
            await server.RowsAsync("metrics=shipments&grain=day"));
        Assert.Equal([["2026-05-25", "0"], ["2026-06-01", "3"], ["2026-06-08", "1"]], (await server.RowsAsync("metrics=shipments&group_by=metric_time")).Select(row => new[] { row[0]!, row[1]! }));

        var (_, metrics) = await server.GetAsync("/api/v1/metrics");
        var metric = metrics.GetProperty("metrics")[0];
        Assert.Equal(("ops", "EUR", "week"), (metric.GetProperty("owner").GetString(), metric.GetProperty("currency").GetString(), metric.GetProperty("default_grain").GetString()));
        Assert.Equal(["day", "week", "month", "quarter", "year"], metric.GetProperty("grains").EnumerateArray().Select(grain => grain.GetString()));
    }
}
