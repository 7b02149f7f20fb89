using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Platform.Worker.Pipeline;
using Platform.Worker.Pipeline.Control;
using Platform.Worker.Pipeline.Diffs;
using Platform.Worker.Pipeline.Schedule;

namespace Platform.Worker.Operate.Api;

/// <summary>Runs over HTTP; the same as the verbs <c>run</c> and <c>runs ...</c>.</summary>
internal static class RunsApi
{
    public static void MapRuns(this IEndpointRouteBuilder api)
    {
        api.MapGet("/runs", ListAsync).WithSummary("The runs requested last, with their tasks, page by page");
        api.MapGet("/runs/{date}", FindAsync).WithSummary("The run of a data date, task by task");
        api.MapGet("/runs/{run}/diff", DiffAsync).ProducesProblem(StatusCodes.Status400BadRequest)
            .WithSummary("What a run changed: rows of marts and key metrics before and after, and why");
        api.MapPost("/runs", RunAsync).For(OperatorRoles.Operator).WithSummary("Run the pipeline for a data date");
        api.MapPost("/runs/clear", ClearAsync).For(OperatorRoles.Operator).ProducesProblem(StatusCodes.Status400BadRequest)
            .WithSummary("Do ended runs of a range again: all their tasks, one task and all after it, or one task alone");
        api.MapPost("/runs/cancel", CancelAsync).For(OperatorRoles.Operator)
            .WithSummary("Cancel the runs of a range that have not ended, whichever Worker runs them");
    }

    private static async Task<Ok<RunList>> ListAsync(
        RunHistory history,
        CancellationToken cancellationToken,
        [Description("How many runs, 1 to 1000. Default 30.")] [Range(1, 1000)] int limit = 30,
        [Description("Only runs in this state.")] string? state = null,
        [Description("Runs of this data date and later ones.")] DateOnly? from = null,
        [Description("Runs of this data date and earlier ones.")] DateOnly? to = null,
        [Description("The next page: what the page before told as next.")] string? after = null)
    {
        var query = new RunQuery(Math.Clamp(limit, 1, 1000)) { State = state, From = from, To = to, After = after };
        var runs = await history.ListAsync(query, cancellationToken);
        return TypedResults.Ok(new RunList(runs, runs.Count == query.Limit ? runs[^1].Place() : null));
    }

    private static async Task<Results<Ok<RunRecord>, ProblemHttpResult>> FindAsync(
        DateOnly date, RunHistory history, CancellationToken cancellationToken) =>
        await history.FindAsync(date, cancellationToken) is { } run
            ? TypedResults.Ok(run)
            : TypedResults.Problem($"No run of {date:O} was ever requested. POST /api/v1/runs requests one.", statusCode: 404, title: "No such run");

    private static async Task<Ok<RunDiff>> DiffAsync(
        [Description("A data date, or the id of an attempt of dbt_build.")] string run,
        RunDiffs diffs,
        CancellationToken cancellationToken,
        [Description("The run to compare with, named alike. Default: the publication before.")] string? with = null) =>
        TypedResults.Ok(await (with is null ? diffs.OfRunAsync(run, cancellationToken) : diffs.BetweenAsync(with, run, cancellationToken)));

    private static async Task<Results<Accepted<AcceptedRequest>, ValidationProblem>> RunAsync(
        [FromBody] RunRequest request, RunRequests requests, DataDates dataDates, HttpContext context, CancellationToken cancellationToken)
    {
        var date = request.DataDate;
        if (RequestedRange.Refusal(new(date, date), dataDates.Newest) is { } refusal)
        {
            return TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["data_date"] = [refusal] });
        }
        var (id, queued) = await requests.SubmitAsync(date, request.Force, OperatorName.Of(context), cancellationToken);
        return TypedResults.Accepted($"/api/v1/runs/{date:O}", new AcceptedRequest(id, date, date, queued ? 1 : 0, queued ? 0 : 1, Backfill: null));
    }

    private static async Task<Ok<ClearedRuns>> ClearAsync(
        [FromBody] ClearRunsRequest request, RunControl control, RunRequests requests, HttpContext context, CancellationToken cancellationToken)
    {
        var range = RequestedRange.Of(request.From, request.To);
        var queued = await control.ClearAsync(
            new(range) { Task = request.Task, Only = request.Only, Force = request.Force, Failed = request.Failed }, OperatorName.Of(context), cancellationToken);
        await requests.FireAsync(queued, "clear", cancellationToken);
        return TypedResults.Ok(new ClearedRuns(queued));
    }

    private static async Task<Ok<CancelledRuns>> CancelAsync(
        [FromBody] CancelRunsRequest request, RunControl control, HttpContext context, CancellationToken cancellationToken)
    {
        var (cancelled, asked) = await control.CancelAsync(
            RequestedRange.Of(request.From, request.To), OperatorName.Of(context), request.Why, cancellationToken);
        return TypedResults.Ok(new CancelledRuns(cancelled, asked));
    }
}
