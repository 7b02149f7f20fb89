using System.Security.Claims;
using Platform.Api.OData.Model;
using Platform.Metrics.Query;

namespace Platform.Api.Connect;

/// <summary><c>/connect</c>: files that BI tools open to find this server, made for the address that they are fetched from.</summary>
internal static class ConnectFeature
{
    public static void MapConnect(this WebApplication app)
    {
        var connect = app.MapGroup("/connect").WithTags("Connect");
        connect.MapGet("/platform.pbids", (HttpRequest request) => File(PowerBiFile.Of(Root(request)), "application/json", "platform.pbids"))
            .WithName("PowerBiFile")
            .WithSummary("Power BI: a data source file for this server")
            .Produces<string>(contentType: "application/json");
        connect.MapGet("/{set}.odc", ExcelAsync)
            .WithName("ExcelFile")
            .WithSummary("Excel: a connection file for one mart or saved query")
            .Produces<string>(contentType: "text/x-ms-odc")
            .ProducesProblem(StatusCodes.Status404NotFound);
        connect.MapGet("/grafana-dashboard.json", GrafanaAsync)
            .WithName("GrafanaDashboard")
            .WithSummary("Grafana: a dashboard of the certified metrics for the Infinity data source")
            .Produces<string>(contentType: "application/json");
    }

    /// <summary>The server's address as the reader sees it, without a slash at its end.</summary>
    private static string Root(HttpRequest request) => $"{request.Scheme}://{request.Host}{request.PathBase}";

    private static async Task<IResult> ExcelAsync(string set, HttpRequest request, ClaimsPrincipal reader, SetSource sets, CancellationToken cancellationToken)
    {
        var known = await sets.CurrentAsync(SetReader.Of(reader), cancellationToken);
        return known.Sets.ContainsKey(set)
            ? File(ExcelFile.Of(Root(request), set), "text/x-ms-odc", $"{set}.odc")
            : Results.Problem(
                statusCode: StatusCodes.Status404NotFound,
                type: "urn:platform:problem:unknown-mart",
                title: "No such table",
                detail: $"'{set}' is no mart or saved query; /odata lists them.",
                extensions: new Dictionary<string, object?> { ["did_you_mean"] = NearMatches.Of(set, known.Sets.Keys) });
    }

    private static async Task<IResult> GrafanaAsync(HttpRequest request, Metrics.Catalogue.CatalogueSource catalogues, CancellationToken cancellationToken) =>
        File(GrafanaDashboard.Of(Root(request), await catalogues.CurrentAsync(cancellationToken)), "application/json", "grafana-dashboard.json");

    private static IResult File(string text, string type, string name) => Results.File(System.Text.Encoding.UTF8.GetBytes(text), type, name);
}
