using System.Collections.Immutable;
using System.Security.Claims;
using Platform.Api.Access;
using Platform.Api.Metrics;
using Platform.Api.Metrics.Catalogue;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Query;

namespace Platform.Api.Runs;

/// <summary><c>/api/v1/lineage</c>: what a metric is made of, down to the loaded tables.</summary>
internal static class LineageEndpoints
{
    public static void Map(IEndpointRouteBuilder api) => api.MapGet("/lineage/{metric}", GetAsync)
        .WithName("Lineage")
        .WithSummary("What a metric is made of")
        .WithDescription("The marts that the metric is computed from, and the models and source tables that these are made of, each before what reads it.")
        .Produces<LineageReport>()
        .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<IResult> GetAsync(
        string metric, CatalogueSource catalogues, MetricLineage lineage, ClaimsPrincipal caller, CancellationToken cancellationToken)
    {
        var (catalogue, reader) = (await catalogues.CurrentAsync(cancellationToken), caller.Policy());
        if (catalogue.FindMetric(metric, reader) is not { } found)
        {
            return Results.Problem(
                statusCode: StatusCodes.Status404NotFound,
                type: "urn:platform:problem:unknown-metric",
                title: "No such metric",
                detail: $"'{metric}' is no metric; /api/v1/metrics lists them.",
                extensions: new Dictionary<string, object?> { ["did_you_mean"] = NearMatches.Of(metric, catalogue.MetricsFor(reader).Select(one => one.Name)) });
        }

        string[] relations = [.. MetricDetail.Of(found, catalogue).Facts.Select(fact => fact.Relation).Distinct()];
        return Results.Ok(new LineageReport(metric, [.. relations], await lineage.ReadAsync(relations, cancellationToken), catalogue.Publication));
    }
}

/// <param name="Metric">The metric.</param>
/// <param name="Marts">Relations that it is computed from.</param>
/// <param name="Nodes">These and all that they are made of, each before what reads it.</param>
/// <param name="Published">The publication.</param>
internal sealed record LineageReport(string Metric, ImmutableArray<string> Marts, ImmutableArray<LineageNode> Nodes, Publication Published);
