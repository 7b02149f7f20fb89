using System.Collections.Immutable;
using System.Security.Claims;
using Platform.Api.Access;
using Platform.Api.Metrics.Catalogue;
using Platform.Api.Metrics.Query;

namespace Platform.Api.Metrics;

/// <summary><c>/api/v1/metrics</c>: what can be asked.</summary>
internal static class MetricEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/metrics", ListAsync)
            .WithName("ListMetrics")
            .WithSummary("All metrics")
            .WithDescription("Name, description, type, unit and owner of every published metric, by domain.")
            .Produces<MetricList>();
        api.MapGet("/metrics/{name}", GetAsync)
            .WithName("GetMetric")
            .WithSummary("One metric, with the dimensions and grains it can be asked by")
            .WithDescription("A derived or ratio metric can be asked by the dimensions that all the facts behind it share.")
            .Produces<MetricDetail>()
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<MetricList> ListAsync(CatalogueSource catalogues, ClaimsPrincipal caller, CancellationToken cancellationToken)
    {
        var catalogue = await catalogues.CurrentAsync(cancellationToken);
        var reader = ReaderPolicy.Of(caller);
        return new MetricList(
            [
                .. catalogue.Metrics.Values
                    .Where(metric => reader.MayRead(metric.Name, metric.Meta.Domain))
                    .OrderBy(metric => metric.Meta.Domain ?? "~", StringComparer.Ordinal)
                    .ThenBy(metric => metric.Name, StringComparer.Ordinal)
                    .Select(MetricSummary.Of),
            ],
            catalogue.Publication);
    }

    private static async Task<IResult> GetAsync(string name, CatalogueSource catalogues, ClaimsPrincipal caller, CancellationToken cancellationToken)
    {
        var catalogue = await catalogues.CurrentAsync(cancellationToken);
        var reader = ReaderPolicy.Of(caller);
        if (catalogue.Metrics.TryGetValue(name, out var metric) && reader.MayRead(name, metric.Meta.Domain))
        {
            return Results.Ok(MetricDetail.Of(metric, catalogue));
        }

        return Results.Problem(
            statusCode: StatusCodes.Status404NotFound,
            type: "urn:platform:problem:unknown-metric",
            title: "No such metric",
            detail: $"'{name}' is no metric; /api/v1/metrics lists them.",
            extensions: new Dictionary<string, object?> { ["did_you_mean"] = NearMatches.Of(name, catalogue.Metrics.Values.Where(metric => reader.MayRead(metric.Name, metric.Meta.Domain)).Select(metric => metric.Name)) });
    }
}

/// <summary>All metrics of the current publication.</summary>
internal sealed record MetricList(ImmutableArray<MetricSummary> Metrics, Publication Published);

/// <summary>A metric in a list.</summary>
internal sealed record MetricSummary(
    string Name, string? Label, string? Description, string Type, string? Domain, string? Unit, string? Format, bool Certified, string? Owner)
{
    public static MetricSummary Of(Metric metric) => new(
        metric.Name,
        metric.Label,
        metric.Description,
        metric.Definition.Type,
        metric.Meta.Domain,
        metric.Meta.Unit,
        metric.Meta.Format,
        metric.Meta.Certified,
        metric.Meta.Owner);
}
