using System.Text.Json;
using System.Xml.Linq;
using Platform.Api.Tests.Sample;

namespace Platform.Api.Tests.Connect;

/// <summary>Files that BI tools open: well-formed, for the address that they came from, and what they ask for is answered.</summary>
public sealed class ConnectTests(SampleApi sample) : IClassFixture<SampleApi>
{
    [Fact]
    public async Task PowerBiFile_LeadsToOData()
    {
        var (status, file) = await sample.Server.GetAsync("/connect/platform.pbids");
        Assert.Equal(200, status);
        var connection = file.GetProperty("connections")[0];
        Assert.Equal(("odata", "Import"), (connection.GetProperty("details").GetProperty("protocol").GetString(), connection.GetProperty("mode").GetString()));
        var address = new Uri(connection.GetProperty("details").GetProperty("address").GetProperty("url").GetString()!);
        Assert.Equal(sample.Server.Client.BaseAddress!.Port, address.Port);
        using var service = await sample.Server.Client.GetAsync(address, TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)service.StatusCode);
    }

    [Fact]
    public async Task ExcelFile_HasAQueryOfTheMart()
    {
        var text = await sample.Server.Client.GetStringAsync(new Uri("/connect/fct_orders.odc", UriKind.Relative), TestContext.Current.CancellationToken);
        XNamespace odc = "urn:schemas-microsoft-com:office:odc";
        var connection = XDocument.Parse(text);
        Assert.Equal("SELECT * FROM [fct_orders]", connection.Descendants(odc + "CommandText").Single().Value);
        var mashup = XDocument.Parse(connection.Descendants(odc + "PowerQueryMashupData").Single().Value);
        var formula = mashup.Descendants().Single(element => element.Name.LocalName == "Formula").Value;
        Assert.Contains($"OData.Feed(\"http://{sample.Server.Client.BaseAddress!.Authority}/odata\"", formula, StringComparison.Ordinal);
        Assert.Contains("[Name = \"fct_orders\", Signature = \"table\"]", formula, StringComparison.Ordinal);

        var (status, problem) = await sample.Server.GetAsync("/connect/fct_ordrs.odc");
        Assert.Equal((404, "fct_orders"), (status, problem.GetProperty("did_you_mean")[0].GetString()));
    }

    /// <summary>Grafana's data source puts the dashboard's times into the addresses and reads the columns that the panel names.</summary>
    [Fact]
    public async Task GrafanaDashboard_HasPanelsWhoseQueriesAreAnswered()
    {
        var (status, dashboard) = await sample.Server.GetAsync("/connect/grafana-dashboard.json");
        Assert.Equal(200, status);
        var panels = dashboard.GetProperty("panels").EnumerateArray().ToArray();
        Assert.True(panels.Length > 5, "Hardly any panels.");
        Assert.Equal(panels.Length, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        foreach (var panel in panels)
        {
            var target = panel.GetProperty("targets")[0];
            Assert.Equal("backend", target.GetProperty("parser").GetString());
            var address = target.GetProperty("url").GetString()!
                .Replace("${__from:date:YYYY-MM-DD}", "2026-01-01", StringComparison.Ordinal).Replace("${__to:date:YYYY-MM-DD}", "2026-01-31", StringComparison.Ordinal);
            using var response = await sample.Server.Client.GetAsync(new Uri(address), TestContext.Current.CancellationToken);
            var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True((int)response.StatusCode == 200, $"{address}: {body}");
            using var rows = JsonDocument.Parse(body);
            foreach (var row in rows.RootElement.EnumerateArray())
            {
                Assert.All(target.GetProperty("columns").EnumerateArray(), column => Assert.True(row.TryGetProperty(column.GetProperty("selector").GetString()!, out _)));
            }
        }
    }

    [Fact]
    public async Task Challenge_NamesTheTenantBeforeBasic()
    {
        const string tenant = "https://login.microsoftonline.com/contoso.example/oauth2/authorize";
        await using var server = new ApiServer(
            SampleDatabase.ApiConnectionString(sample.Database), environment: "Production", settings: new() { ["Access:Tokens:AuthorizationUri"] = tenant });
        using var response = await server.Client.GetAsync(new Uri("/odata", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(401, (int)response.StatusCode);
        Assert.Equal(["Bearer", "Basic"], response.Headers.WwwAuthenticate.Select(challenge => challenge.Scheme));
        Assert.Equal($"authorization_uri={tenant}", response.Headers.WwwAuthenticate.First().Parameter);
    }
}
