using System.Collections.Immutable;
using System.Security.Claims;
using Platform.Api.Access;
using Platform.Api.Metrics.Answers;
using Platform.Api.Metrics.Catalogue;
using Platform.Api.Metrics.Closings;
using Platform.Api.Metrics.Query;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Query;

namespace Platform.Api.Metrics;

/// <summary><c>/api/v1/saved-queries</c>: queries that the project keeps under names.</summary>
internal static class SavedQueryEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/saved-queries", ListAsync)
            .WithName("ListSavedQueries")
            .WithSummary("All saved queries")
            .WithDescription("Name, description, metrics and columns of every saved query. Ask one with /saved-queries/{name}/query or /query?saved_query={name}.")
            .Produces<SavedQueryList>();
        api.MapGet("/saved-queries/{name}", GetAsync)
            .WithName("GetSavedQuery")
            .WithSummary("One saved query")
            .Produces<SavedQueryDetail>()
            .ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet("/saved-queries/{name}/query", (Delegate)QueryAsync)
            .WithName("AskSavedQuery")
            .WithSummary("Ask a saved query")
            .WithDescription("Takes where, start, end, order_by, limit and format of /query; its conditions are added to those of the saved query. " +
                "With as_of, a publication or a time, it answers what was reported of closed months (see /periods), by whole months with start and end.")
            .AddOpenApiOperationTransformer(QueryDocumentation.DescribeSaved);
    }

    private static async Task<SavedQueryList> ListAsync(CatalogueSource catalogues, ClaimsPrincipal caller, CancellationToken cancellationToken)
    {
        var catalogue = await catalogues.CurrentAsync(cancellationToken);
        return new SavedQueryList(
            [
                .. catalogue.SavedQueries.Values.Where(query => MayRead(query, catalogue, caller.Policy()))
                    .OrderBy(query => query.Name, StringComparer.Ordinal).Select(SavedQueryDetail.Of),
            ], catalogue.Publication);
    }

    private static async Task<IResult> GetAsync(string name, CatalogueSource catalogues, ClaimsPrincipal caller, CancellationToken cancellationToken)
    {
        var catalogue = await catalogues.CurrentAsync(cancellationToken);
        return catalogue.SavedQueries.TryGetValue(name, out var query) && MayRead(query, catalogue, caller.Policy())
            ? Results.Ok(SavedQueryDetail.Of(query))
            : Results.Problem(
                statusCode: StatusCodes.Status404NotFound,
                type: "urn:platform:problem:unknown-saved-query",
                title: "No such saved query",
                detail: $"'{name}' is no saved query; /api/v1/saved-queries lists them.",
                extensions: new Dictionary<string, object?> { ["did_you_mean"] = NearMatches.Of(name, catalogue.SavedQueries.Keys) });
    }

    private static bool MayRead(SavedQuery query, MetricCatalogue catalogue, ReaderPolicy reader) =>
        query.Metrics.All(name => catalogue.FindMetric(name, reader) is not null);

    private static Task QueryAsync(string name, HttpContext context, AnswerSender answers, AsReported reported)
    {
        if (AsReported.IsAsked(context.Request.Query))
        {
            return reported.SendAsync(context, name);
        }

        var request = QueryRequestReader.Read(context.Request.Query);
        return answers.SendAsync(context, request with { Query = request.Query with { SavedQuery = name } });
    }
}

/// <summary>All saved queries of the current publication.</summary>
internal sealed record SavedQueryList(ImmutableArray<SavedQueryDetail> SavedQueries, Publication Published);

/// <summary>A saved query as it is defined.</summary>
internal sealed record SavedQueryDetail(
    string Name,
    string? Label,
    string? Description,
    ImmutableArray<string> Metrics,
    ImmutableArray<string> GroupBy,
    ImmutableArray<string> Where,
    ImmutableArray<string> OrderBy,
    int? Limit,
    ImmutableArray<string> Tags,
    string Example)
{
    public static SavedQueryDetail Of(SavedQuery query) => new(
        query.Name,
        query.Label,
        query.Description,
        query.Metrics,
        query.GroupBy,
        query.Where,
        query.OrderBy,
        query.Limit,
        query.Tags,
        $"/api/v1/saved-queries/{Uri.EscapeDataString(query.Name)}/query");
}
