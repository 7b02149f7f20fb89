using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;
using Platform.Api.Tests.Sample;

namespace Platform.Api.Tests;

/// <summary>The OpenAPI document: sound to a library that generators read it with, and every example in it runs.</summary>
public sealed class OpenApiTests(SampleApi sample) : IClassFixture<SampleApi>
{
    [Fact]
    public async Task Document_IsSoundOpenApi31()
    {
        var (document, diagnostic) = await ReadAsync();
        Assert.Equal(OpenApiSpecVersion.OpenApi3_1, diagnostic.SpecificationVersion);
        Assert.Empty(diagnostic.Errors);
        var operations = document.Paths.SelectMany(path => path.Value.Operations!.Values).ToArray();
        Assert.Equal(operations.Length, operations.Select(operation => operation.OperationId).Distinct().Count());
        Assert.All(operations, operation => Assert.False(string.IsNullOrWhiteSpace(operation.Summary), operation.OperationId));
        Assert.All(
            ["/api/v1/metrics", "/api/v1/query", "/api/v1/explain", "/api/v1/freshness", "/api/v1/lineage/{metric}", "/connect/platform.pbids"],
            path => Assert.Contains(path, document.Paths.Keys));
    }

    [Fact]
    public async Task EveryExample_Runs()
    {
        var (document, _) = await ReadAsync();
        var run = 0;
        foreach (var (path, item) in document.Paths)
        {
            foreach (var (method, operation) in item.Operations!)
            {
                using var request = new HttpRequestMessage(method, Address(path, operation));
                if (operation.RequestBody?.Content?["application/json"].Example is { } body)
                {
                    request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
                }

                using var response = await sample.Server.Client.SendAsync(request, TestContext.Current.CancellationToken);
                Assert.True((int)response.StatusCode == 200, $"{method} {request.RequestUri}: {await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}");
                run++;
            }
        }

        Assert.True(run > 10, $"{run} operations only.");
    }

    [Fact]
    public async Task Lineage_ListsWhatAMetricIsMadeOf()
    {
        var (status, report) = await sample.Server.GetAsync("/api/v1/lineage/revenue");
        Assert.Equal(200, status);
        Assert.Equal("analytics.fct_order_lines", report.GetProperty("marts")[0].GetString());
        Assert.Equal("fct_order_lines", report.GetProperty("nodes")[0].GetProperty("id").GetString());
        (status, report) = await sample.Server.GetAsync("/api/v1/lineage/revenu");
        Assert.Equal((404, "revenue"), (status, report.GetProperty("did_you_mean")[0].GetString()));
    }

    /// <summary>The address with the examples of its parameters; one without an example is left out when it may be.</summary>
    private static string Address(string path, OpenApiOperation operation)
    {
        var query = new List<string>();
        foreach (var parameter in operation.Parameters ?? [])
        {
            if (parameter.Example is null)
            {
                Assert.False(parameter.Required, $"{operation.OperationId}: {parameter.Name} is required and has no example.");
                continue;
            }

            var value = Uri.EscapeDataString(parameter.Example is JsonValue text && text.TryGetValue(out string? plain) ? plain : parameter.Example.ToJsonString());
            if (parameter.In == ParameterLocation.Path)
            {
                path = path.Replace($"{{{parameter.Name}}}", value, StringComparison.Ordinal);
            }
            else
            {
                query.Add(string.Create(CultureInfo.InvariantCulture, $"{parameter.Name}={value}"));
            }
        }

        return query.Count == 0 ? path : $"{path}?{string.Join('&', query)}";
    }

    private async Task<(OpenApiDocument Document, OpenApiDiagnostic Diagnostic)> ReadAsync()
    {
        await using var stream = await sample.Server.Client.GetStreamAsync(new Uri("/openapi/v1.json", UriKind.Relative), TestContext.Current.CancellationToken);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, TestContext.Current.CancellationToken);
        copy.Position = 0;
        var result = await OpenApiDocument.LoadAsync(copy, "json", cancellationToken: TestContext.Current.CancellationToken);
        return (result.Document!, result.Diagnostic!);
    }
}
