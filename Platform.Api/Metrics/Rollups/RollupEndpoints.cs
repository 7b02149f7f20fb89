using System.Security.Claims;
using Platform.Api.Access;
using Platform.Api.Metrics.Catalogue;

namespace Platform.Api.Metrics.Rollups;

/// <summary><c>/api/v1/rollups</c>: what would make the questions of this server's readers cheaper.</summary>
internal static class RollupEndpoints
{
    public static void Map(IEndpointRouteBuilder api) => api.MapGet("/rollups/recommended", RecommendAsync)
        .For(ReaderRoles.Analyst)
        .WithName("RecommendRollups")
        .WithSummary("Rollups that would have answered what was asked")
        .WithDescription("Counts what this server asked of the facts since it started, by metrics, columns and periods, and answers with saved queries to declare as " +
            "rollups, each with how many questions it would have answered and what the database took for them. Every replica counts its own.")
        .Produces<RollupAdvice>();

    private static async Task<RollupAdvice> RecommendAsync(
        AskedQueries asked, CatalogueSource catalogues, ClaimsPrincipal caller, CancellationToken cancellationToken) =>
        RollupAdvice.Of(asked, await catalogues.CurrentAsync(cancellationToken), caller.Policy());
}
