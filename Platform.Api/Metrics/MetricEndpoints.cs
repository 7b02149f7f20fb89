using System.Collections.Immutable;
using System.Security.Claims;
using Platform.Api.Access;
using Platform.Api.Metrics.Catalogue;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Plan;
using Platform.Metrics.Query;

namespace Platform.Api.Metrics;

/// <summary><c>/api/v1/metrics</c>: what can be asked.</summary>
internal static class MetricEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/metrics", ListAsync)
            .WithName("ListMetrics")
            .WithSummary("All metrics")
            .WithDescription("Every published metric by domain: name, description, type, unit, format, currency, owner, grains, and the tests that its facts passed.")
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
        var reader = caller.Policy();
        return new MetricList(
            [
                .. catalogue.MetricsFor(reader)
                    .OrderBy(metric => metric.Meta.Domain ?? "~", StringComparer.Ordinal)
                    .ThenBy(metric => metric.Name, StringComparer.Ordinal)
                    .Select(metric => MetricSummary.Of(metric, catalogue)),
            ],
            catalogue.Publication);
    }

    private static async Task<IResult> GetAsync(string name, CatalogueSource catalogues, ClaimsPrincipal caller, CancellationToken cancellationToken)
    {
        var catalogue = await catalogues.CurrentAsync(cancellationToken);
        var reader = caller.Policy();
        if (catalogue.FindMetric(name, reader) is { } metric)
        {
            return Results.Ok(MetricDetail.Of(metric, catalogue));
        }

        return Results.Problem(
            statusCode: StatusCodes.Status404NotFound,
            type: "urn:platform:problem:unknown-metric",
            title: "No such metric",
            detail: $"'{name}' is no metric; /api/v1/metrics lists them.",
            extensions: new Dictionary<string, object?> { ["did_you_mean"] = NearMatches.Of(name, catalogue.MetricsFor(reader).Select(metric => metric.Name)) });
    }
}

/// <summary>All metrics of the current publication.</summary>
internal sealed record MetricList(ImmutableArray<MetricSummary> Metrics, Publication Published);

/// <summary>A metric in a list.</summary>
/// <param name="Name">The name to ask by.</param>
/// <param name="Label">The name to show.</param>
/// <param name="Description">What it is.</param>
/// <param name="Type">simple, ratio, derived, cumulative or conversion.</param>
/// <param name="Domain">Whose it is.</param>
/// <param name="Unit">EUR, count, ratio, days, ...</param>
/// <param name="Format">How to show it.</param>
/// <param name="Currency">Of amounts.</param>
/// <param name="Certified">Whether its owner answers for it.</param>
/// <param name="Owner">Who answers for it.</param>
/// <param name="DefaultGrain">Grain of metric_time where a query names none.</param>
/// <param name="Grains">Grains that it can be asked by, the project's own included.</param>
/// <param name="Tests">Tests that the facts behind it passed before they were published.</param>
/// <param name="Fault">Why it cannot be asked; null when it can.</param>
internal sealed record MetricSummary(
    string Name, string? Label, string? Description, string Type, string? Domain, string? Unit, string? Format, string? Currency, bool Certified,
    string? Owner, string DefaultGrain, ImmutableArray<string> Grains, ImmutableArray<string> Tests, string? Fault)
{
    public static MetricSummary Of(Metric metric, MetricCatalogue catalogue)
    {
        var (facts, fault) = Elements.FactsOf([metric], catalogue);
        var finest = Elements.Finest(facts);
        return new MetricSummary(
            metric.Name,
            metric.Label,
            metric.Description,
            metric.Definition.Type,
            metric.Meta.Domain,
            metric.Meta.Unit,
            metric.Meta.Format,
            metric.Meta.Currency,
            metric.Meta.Certified,
            metric.Meta.Owner,
            (metric.DefaultGrain ?? (finest > TimeGrain.Day ? finest.Value : TimeGrain.Day)).Name(),
            [.. MetricDetail.GrainsFrom(finest, catalogue)],
            [.. facts.SelectMany(fact => catalogue.Marts.Find(fact.Model.Relation)?.Tests ?? []).Distinct()],
            fault.Length == 0 ? null : fault);
    }
}
