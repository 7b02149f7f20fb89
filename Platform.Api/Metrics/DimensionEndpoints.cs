using System.Collections.Immutable;
using System.Security.Claims;
using Platform.Api.Access;
using Platform.Api.Metrics.Answers;
using Platform.Api.Metrics.Catalogue;
using Platform.Api.Metrics.Query;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Plan;
using Platform.Metrics.Query;

namespace Platform.Api.Metrics;

/// <summary><c>/api/v1/dimensions</c> and <c>/api/v1/values</c>: what metrics can be grouped and filtered by, and by which values.</summary>
internal static class DimensionEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/dimensions", ListAsync)
            .WithName("ListDimensions")
            .WithSummary("Dimensions and entities")
            .WithDescription("Those that all the named metrics can be grouped by; without metrics those of every semantic model.")
            .Produces<DimensionList>()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapGet("/values", (Delegate)ValuesAsync)
            .WithName("Values")
            .WithSummary("Values of a dimension")
            .WithDescription(
                "The values that occur, sorted: of the dimension itself, or with metrics where those have a value. Several columns give their combinations; " +
                "search keeps values of the first that hold a text.")
            .AddOpenApiOperationTransformer(QueryDocumentation.DescribeValues);
    }

    private static async Task<DimensionList> ListAsync(string? metrics, CatalogueSource catalogues, ClaimsPrincipal caller, CancellationToken cancellationToken)
    {
        var catalogue = await catalogues.CurrentAsync(cancellationToken);
        var (names, reader) = (QueryReader.Names(metrics is null ? [] : [metrics]), caller.Policy());
        var unknown = names.Where(name => catalogue.FindMetric(name, reader) is null).ToArray();
        if (unknown.Length > 0)
        {
            throw new QueryException([.. unknown.Select(name => new QueryFault(
                "metrics", $"'{name}' is no metric; /api/v1/metrics lists them.", DidYouMean: NearMatches.Of(name, catalogue.MetricsFor(reader).Select(metric => metric.Name))))]);
        }

        var own = reader.IsRestricted ? ReaderRules.Elements(reader, catalogue) : null;
        var elements = names.IsEmpty ? OfModels(catalogue).Where(element => own?.Contains(element.Key) is not false) : Elements.SharedBy([.. names.Select(name => catalogue.Metrics[name])], catalogue).Shared;
        return new DimensionList(
            [.. elements.Where(element => element.Value.Dimension is not null).Select(element => DimensionDetail.Of(element.Key, element.Value, catalogue))],
            [.. elements.Where(element => element.Value.Entity is not null).Select(element => element.Key)],
            [.. catalogue.CustomGrains.Select(grain => grain.Name)],
            catalogue.Publication);
    }

    /// <summary>Each model's own, by the names that they have everywhere.</summary>
    private static IEnumerable<KeyValuePair<string, ReachableElement>> OfModels(MetricCatalogue catalogue) => catalogue.Models.Values
        .SelectMany(model => new ElementLookup(catalogue, model, null).Usable().Where(element => element.Element.Path.IsEmpty))
        .DistinctBy(element => element.Name)
        .OrderBy(element => element.Name, StringComparer.Ordinal)
        .Select(element => KeyValuePair.Create(element.Name, element.Element));

    private static Task ValuesAsync(HttpContext context, AnswerSender answers) => answers.SendAsync(context, QueryRequestReader.ReadValues(context.Request.Query));
}

/// <summary>What can be grouped and filtered by.</summary>
internal sealed record DimensionList(
    ImmutableArray<DimensionDetail> Dimensions, ImmutableArray<string> Entities, ImmutableArray<string> CustomGrains, Publication Published);
