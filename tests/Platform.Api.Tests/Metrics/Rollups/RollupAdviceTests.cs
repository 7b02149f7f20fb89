using System.Text.Json;
using Platform.Api.Tests.Sample.Flow;

namespace Platform.Api.Tests.Metrics.Rollups;

/// <summary>Rollups recommended from what was asked; nothing else asks this server.</summary>
public sealed class RollupAdviceTests(FlowApi flow) : IClassFixture<FlowApi>
{
    [Fact]
    public async Task Recommended_CoverWhatWasAsked_ByMetricsColumnsAndPeriods()
    {
        // Four follow from months by referrer and device; a quarter from the 2nd needs days, from which the other metrics' quarters follow, too; distinct counts are
        // in no rollup; the last answer is kept.
        await AskAsync("metrics=visits&group_by=metric_time__month,visit__referrer&where=visit__device = 'phone'");
        await AskAsync("metrics=visits&group_by=metric_time__month,visit__referrer&where=visit__device = 'desktop'");
        await AskAsync("metrics=visits&group_by=visit__device");
        await AskAsync("metrics=visits&group_by=visit__device&start=2026-01-01&end=2026-01-31");
        await AskAsync("metrics=visits,buys&group_by=metric_time__quarter");
        await AskAsync("metrics=visits&grain=quarter&start=2026-01-02");
        await AskAsync("metrics=visitors&grain=month");
        await AskAsync("metrics=visits&group_by=visit__device");

        var (status, advice) = await flow.Server.GetAsync("/api/v1/rollups/recommended");

        Assert.Equal(200, status);
        var found = advice.GetProperty("recommendations").EnumerateArray()
            .ToDictionary(one => string.Join(',', Texts(one, "group_by")), one => (Metrics: Texts(one, "metrics"), Asked: one.GetProperty("asked").GetInt32(), One: one));
        var wide = found["metric_time__month,visit__device,visit__referrer"];
        Assert.Equal(["visits"], wide.Metrics);
        Assert.Equal(4, wide.Asked);
        var narrow = found["metric_time__day"];
        Assert.Equal(["visits", "buys"], narrow.Metrics);
        Assert.Equal(2, narrow.Asked);
        Assert.Equal(2, found.Count);
        Assert.Equal(
            """
            saved_queries:
              - name: visits_by_metric_time_month_visit_device_visit_r
                config:
                  meta:
                    rollup: true
                query_params:
                  metrics: [visits]
                  group_by: ["metric_time__month", "visit__device", "visit__referrer"]

            """,
            wide.One.GetProperty("yaml").GetString());
    }

    private static string[] Texts(JsonElement one, string property) => [.. one.GetProperty(property).EnumerateArray().Select(text => text.GetString()!)];

    private async Task AskAsync(string query) => Assert.Equal(200, (await flow.Server.GetAsync($"/api/v1/query?{query}")).Status);
}
