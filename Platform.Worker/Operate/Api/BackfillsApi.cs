using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Platform.Worker.Pipeline;
using Platform.Worker.Pipeline.Backfills;
using Platform.Worker.Pipeline.Schedule;

namespace Platform.Worker.Operate.Api;

/// <summary>Backfills over HTTP; the same as the verbs <c>backfill ...</c>.</summary>
internal static class BackfillsApi
{
    public static void MapBackfills(this IEndpointRouteBuilder api)
    {
        api.MapGet("/backfills", ListAsync).WithSummary("The latest backfills, how far they are and how long they may take still");
        api.MapGet("/backfills/{id:long}", FindAsync).WithSummary("One backfill");
        api.MapPost("/backfills", BackfillAsync).For(OperatorRoles.Operator).WithSummary("Run the pipeline for a range of data dates");
        api.MapPost("/backfills/{id:long}/resume", ResumeAsync).For(OperatorRoles.Operator)
            .WithSummary("Queue again what is not done of a backfill: dates that failed or were cancelled");
    }

    private static async Task<Ok<BackfillList>> ListAsync(
        BackfillLedger backfills,
        CancellationToken cancellationToken,
        [Description("How many backfills, 1 to 100. Default 10.")] [Range(1, 100)] int limit = 10) =>
        TypedResults.Ok(new BackfillList(await backfills.LatestAsync(Math.Clamp(limit, 1, 100), cancellationToken)));

    private static async Task<Results<Ok<BackfillRecord>, ProblemHttpResult>> FindAsync(
        long id, BackfillLedger backfills, CancellationToken cancellationToken) =>
        await backfills.FindAsync(id, cancellationToken) is { } backfill ? TypedResults.Ok(backfill) : NoBackfill(id);

    private static async Task<Results<Accepted<AcceptedRequest>, ValidationProblem>> BackfillAsync(
        [FromBody] BackfillRequest request, RunRequests requests, DataDates dataDates, HttpContext context, CancellationToken cancellationToken)
    {
        var range = new DataDateRange(request.From, request.To);
        var refusals = new Dictionary<string, string[]>();
        if (RequestedRange.Refusal(range, dataDates.Newest) is { } refusal)
        {
            refusals["to"] = [refusal];
        }
        if (request.Order is not ("oldest_first" or "newest_first"))
        {
            refusals["order"] = [$"'{request.Order}' is no order; expected oldest_first or newest_first."];
        }
        if (request.Parallel is < 1 or > 64)
        {
            refusals["parallel"] = [$"{request.Parallel} is not between 1 and 64."];
        }
        if (refusals.Count > 0)
        {
            return TypedResults.ValidationProblem(refusals);
        }
        var order = new BackfillOrder(range) { NewestFirst = request.Order == "newest_first", Parallel = request.Parallel, Force = request.Force };
        var (backfill, id, queued) = await requests.SubmitAsync(order, OperatorName.Of(context), cancellationToken);
        return TypedResults.Accepted(
            $"/api/v1/backfills/{backfill}", new AcceptedRequest(id, range.From, range.To, queued.Count, dataDates.In(range).Count() - queued.Count, backfill));
    }

    private static async Task<Results<Accepted<BackfillRecord>, ProblemHttpResult>> ResumeAsync(
        long id, BackfillLedger backfills, RunRequests requests, HttpContext context, CancellationToken cancellationToken)
    {
        if (await backfills.ResumeAsync(id, OperatorName.Of(context), cancellationToken) is not { } queued)
        {
            return NoBackfill(id);
        }
        await requests.FireAsync(queued, "resume", cancellationToken);
        return TypedResults.Accepted($"/api/v1/backfills/{id}", await backfills.FindAsync(id, cancellationToken));
    }

    private static ProblemHttpResult NoBackfill(long id) =>
        TypedResults.Problem($"There is no backfill {id}. GET /api/v1/backfills lists the latest.", statusCode: 404, title: "No such backfill");
}
