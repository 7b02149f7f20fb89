using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Platform.Worker.Periods;

namespace Platform.Worker.Operate.Api;

/// <summary>Why a month is closed or reopened.</summary>
/// <param name="Why">The reason, for the audit log.</param>
internal sealed record PeriodRequest(string? Why = null);

/// <summary>Closings, newest month first.</summary>
internal sealed record PeriodList(IReadOnlyList<ClosedPeriod> Periods);

/// <summary>Closed months; the same as the verbs <c>periods ...</c>.</summary>
internal static class PeriodsApi
{
    public static void MapPeriods(this IEndpointRouteBuilder api)
    {
        var periods = api.MapGroup("/periods").WithTags("Periods");
        periods.MapGet("", async Task<Ok<PeriodList>> (ClosedPeriods closed, CancellationToken cancellationToken) =>
                TypedResults.Ok(new PeriodList(await closed.ListAsync(cancellationToken))))
            .WithSummary("Months that were closed, newest first, and what was kept of them");
        periods.MapPost("/{month}/close", CloseAsync).For(OperatorRoles.Operator).WithSummary("Close a month: keep its published results as they are reported now");
        periods.MapPost("/{month}/reopen", ReopenAsync).For(OperatorRoles.Admin).WithSummary("Open a closed month again; what was kept stays");
    }

    private static async Task<Ok<ClosedPeriod>> CloseAsync(
        [Description("The month, e.g. 2026-01.")] string month, [FromBody] PeriodRequest request, ClosedPeriods closed, HttpContext context, CancellationToken cancellationToken) =>
        TypedResults.Ok(await closed.CloseAsync(RequestedMonth.Read(month), OperatorName.Of(context), request.Why, cancellationToken));

    private static async Task<Ok<ClosedPeriod>> ReopenAsync(
        [Description("The month, e.g. 2026-01.")] string month, [FromBody] PeriodRequest request, ClosedPeriods closed, HttpContext context, CancellationToken cancellationToken) =>
        TypedResults.Ok(await closed.ReopenAsync(RequestedMonth.Read(month), OperatorName.Of(context), request.Why, cancellationToken));
}
