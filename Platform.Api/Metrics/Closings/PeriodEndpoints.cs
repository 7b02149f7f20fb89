using System.Collections.Immutable;
using System.ComponentModel;
using System.Globalization;
using System.Security.Claims;
using Platform.Api.Access;
using Platform.Api.Metrics.Answers;
using Platform.Api.Metrics.Catalogue;
using Platform.Metrics.Query;

namespace Platform.Api.Metrics.Closings;

/// <summary><c>/api/v1/periods</c>: months that were closed, and what was corrected since.</summary>
internal static class PeriodEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/periods", ListAsync)
            .WithName("ListPeriods")
            .WithSummary("Closed months")
            .WithDescription("Months that an operator closed, the publication that they were reported from, and the saved queries whose results were kept.")
            .Produces<PeriodList>();
        api.MapGet("/periods/{month}/adjustments", AdjustmentsAsync)
            .WithName("Adjustments")
            .WithSummary("What was corrected in a closed month since it was reported")
            .WithDescription("Compares the kept results of a saved query with the current publication, row by row: reported, restated and the difference.")
            .AddOpenApiOperationTransformer(QueryDocumentation.DescribeAdjustments)
            .Produces<AdjustmentReport>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<PeriodList> ListAsync(KeptResults kept, CatalogueSource catalogues, ClaimsPrincipal caller, CancellationToken cancellationToken)
    {
        var (reader, catalogue) = (caller.Policy(), await catalogues.CurrentAsync(cancellationToken));
        var results = (await kept.ListAsync(null, cancellationToken)).Where(result => result.MayRead(reader, catalogue));
        return new PeriodList(
        [
            .. results.GroupBy(result => result.Closing).OrderByDescending(group => group.Key.Month).ThenByDescending(group => group.Key.Id).Select(group => new ClosedPeriod(
                group.Key.Name, group.Key.ReopenedAt is null ? "closed" : "reopened", group.Key.PublicationId, group.Key.PublishedAt, group.Key.ClosedAt, group.Key.ClosedBy,
                group.Key.Why, group.Key.ReopenedAt, [.. group.Select(result => new KeptSavedQuery(result.SavedQuery, result.Rows, result.Receipt))])),
        ]);
    }

    private static async Task<AdjustmentReport> AdjustmentsAsync(
        [Description("The month, e.g. 2026-01.")] string month, HttpContext context, Adjustments adjustments, ReadAudit audit, CancellationToken cancellationToken)
    {
        var faults = new List<QueryFault>();
        if (!DateOnly.TryParseExact(month, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var first))
        {
            faults.Add(new QueryFault("month", $"'{month}' is no month; expected e.g. 2026-01."));
        }

        var savedQuery = context.Request.Query["saved_query"].ToString().Trim();
        if (savedQuery.Length == 0)
        {
            faults.Add(new QueryFault("saved_query", "Name the saved query whose numbers are to be compared, as in saved_query=sales_by_month_and_region; /api/v1/periods lists those that are kept."));
        }

        if (faults.Count > 0)
        {
            throw new QueryException(faults);
        }

        var (reported, report) = await adjustments.ReadAsync(first, savedQuery, context.User.Policy(), cancellationToken);
        await audit.EnterAsync(
            context.User, reported.Metrics, new AnswerFacts(report.Restated.PublicationId, report.Restated.PublishedAt, report.Restated.Receipt, null), cancellationToken);
        context.Response.Headers.CacheControl = "private, no-cache";
        return report;
    }
}

/// <summary>Months that were closed, newest first.</summary>
internal sealed record PeriodList(ImmutableArray<ClosedPeriod> Periods);

/// <summary>A closed month.</summary>
internal sealed record ClosedPeriod(
    string Period, string State, long PublicationId, DateTimeOffset PublishedAt, DateTimeOffset ClosedAt, string ClosedBy, string? Why, DateTimeOffset? ReopenedAt,
    ImmutableArray<KeptSavedQuery> SavedQueries);

/// <summary>A saved query whose results were kept.</summary>
internal sealed record KeptSavedQuery(string Name, int Rows, string Receipt);
