using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Metrics.Catalogue;

namespace Platform.Api.Connect;

/// <summary>
/// A dashboard for Grafana's Infinity data source (yesoreyeram-infinity-datasource): a panel for each certified metric, by day over the dashboard's
/// time range. The queries are evaluated by the data source's backend parser, so that alert rules can use them as they are.
/// </summary>
internal static class GrafanaDashboard
{
    private const int Most = 24;
    private const int Width = 12;
    private const int Height = 8;

    public static string Of(string root, MetricCatalogue catalogue)
    {
        var panels = new JsonArray();
        var metrics = catalogue.Metrics.Values
            .Where(metric => metric.Definition is not UnsupportedMetric)
            .OrderByDescending(metric => metric.Meta.Certified)
            .ThenBy(metric => metric.Meta.Domain ?? "~", StringComparer.Ordinal)
            .ThenBy(metric => metric.Name, StringComparer.Ordinal)
            .Take(Most);
        foreach (var metric in metrics)
        {
            panels.Add(Panel(root, metric, panels.Count));
        }

        var dashboard = new JsonObject
        {
            ["uid"] = "platform-metrics",
            ["title"] = "Platform metrics",
            ["tags"] = new JsonArray("platform"),
            ["schemaVersion"] = 39,
            ["timezone"] = "utc",
            ["time"] = new JsonObject { ["from"] = "now-90d", ["to"] = "now" },
            ["refresh"] = "5m",
            ["templating"] = new JsonObject
            {
                ["list"] = new JsonArray(new JsonObject
                {
                    ["name"] = "datasource",
                    ["label"] = "Data source",
                    ["type"] = "datasource",
                    ["query"] = "yesoreyeram-infinity-datasource",
                }),
            },
            ["panels"] = panels,
        };
        return dashboard.ToJsonString(new JsonSerializerOptions { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    private static JsonObject Panel(string root, Metric metric, int number) => new()
    {
        ["id"] = number + 1,
        ["type"] = "timeseries",
        ["title"] = metric.Label ?? metric.Name,
        ["description"] = metric.Description,
        ["datasource"] = Source(),
        ["gridPos"] = new JsonObject { ["h"] = Height, ["w"] = Width, ["x"] = number % 2 * Width, ["y"] = number / 2 * Height },
        ["fieldConfig"] = new JsonObject { ["defaults"] = new JsonObject { ["unit"] = Unit(metric.Meta.Unit) }, ["overrides"] = new JsonArray() },
        ["targets"] = new JsonArray(new JsonObject
        {
            ["refId"] = "A",
            ["datasource"] = Source(),
            ["type"] = "json",
            ["source"] = "url",
            ["parser"] = "backend",
            ["format"] = "timeseries",
            ["url"] = $"{root}/api/v1/query?metrics={metric.Name}&grain=day&start=${{__from:date:YYYY-MM-DD}}&end=${{__to:date:YYYY-MM-DD}}&page_size=50000&format=records",
            ["url_options"] = new JsonObject { ["method"] = "GET" },
            ["root_selector"] = "",
            ["columns"] = new JsonArray(Column("metric_time__day", "timestamp"), Column(metric.Name, "number")),
        }),
    };

    private static JsonObject Source() => new() { ["type"] = "yesoreyeram-infinity-datasource", ["uid"] = "${datasource}" };

    private static JsonObject Column(string name, string type) => new() { ["selector"] = name, ["text"] = name, ["type"] = type };

    private static string Unit(string? unit) => unit switch
    {
        "EUR" => "currencyEUR",
        "USD" => "currencyUSD",
        "ratio" => "percentunit",
        "days" => "d",
        "hours" => "h",
        _ => "short",
    };
}
