using System.ComponentModel;
using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.HttpResults;
using Platform.Worker.Pipeline;
using Platform.Worker.Pipeline.Logs;

namespace Platform.Worker.Operate.Api;

/// <summary>Attempts of tasks with their inputs, outputs, errors and logs; the same as <c>runs show</c> and <c>runs logs</c>.</summary>
internal static class TaskLogsApi
{
    public static void MapTaskLogs(this IEndpointRouteBuilder api)
    {
        api.MapGet("/runs/{date}/attempts", AttemptsAsync)
            .WithSummary("The attempts of a run's tasks: inputs, outputs, code version, error and its class");
        api.MapGet("/runs/{date}/tasks/{task}/log", LogAsync).ProducesProblem(StatusCodes.Status404NotFound).WithSummary("The log of an attempt");
        api.MapGet("/runs/{date}/tasks/{task}/log/stream", StreamAsync).ProducesProblem(StatusCodes.Status404NotFound)
            .Produces<string>(contentType: "text/event-stream")
            .WithSummary("The log of an attempt as server-sent events while it grows: events line, and one event end");
    }

    private static async Task<Ok<AttemptList>> AttemptsAsync(
        DateOnly date,
        TaskLogReader logs,
        PipelineDefinition pipeline,
        CancellationToken cancellationToken,
        [Description("Only attempts of this task.")] string? task = null) =>
        TypedResults.Ok(new AttemptList(await logs.AttemptsAsync(pipeline.Name, date, task, cancellationToken)));

    private static async Task<Results<Ok<AttemptLog>, ProblemHttpResult>> LogAsync(
        DateOnly date,
        string task,
        TaskLogReader logs,
        PipelineDefinition pipeline,
        CancellationToken cancellationToken,
        [Description("Which attempt, by its id. Default: the last.")] long? attempt = null,
        [Description("Lines after this one. Default: all.")] int after = 0)
    {
        if (await FindAsync(logs, pipeline, date, task, attempt, cancellationToken) is not { } found)
        {
            return NoAttempt(date, task);
        }
        return TypedResults.Ok(new AttemptLog(
            found, await logs.ReadAsync(found.Id, after, follow: false, cancellationToken).ToListAsync(cancellationToken)));
    }

    private static async Task<IResult> StreamAsync(
        DateOnly date,
        string task,
        TaskLogReader logs,
        PipelineDefinition pipeline,
        HttpContext context,
        CancellationToken cancellationToken,
        [Description("Which attempt, by its id. Default: the last.")] long? attempt = null)
    {
        if (await FindAsync(logs, pipeline, date, task, attempt, cancellationToken) is not { } found)
        {
            return NoAttempt(date, task);
        }
        // A client that was cut off tells the last line that it got.
        var after = int.TryParse(context.Request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var last) ? last : 0;
        return TypedResults.ServerSentEvents(EventsAsync(logs, pipeline, date, found, after, context.RequestAborted));
    }

    private static async IAsyncEnumerable<SseItem<TaskLogLine>> EventsAsync(
        TaskLogReader logs, PipelineDefinition pipeline, DateOnly date, TaskAttempt attempt, int after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var line in logs.ReadAsync(attempt.Id, after, follow: true, cancellationToken))
        {
            after = line.Line;
            yield return new(line, "line") { EventId = line.Line.ToString(CultureInfo.InvariantCulture) };
        }
        var ended = await FindAsync(logs, pipeline, date, attempt.Task, attempt.Id, cancellationToken) ?? attempt;
        yield return new(new(after, ended.FinishedAt ?? ended.StartedAt, ended.Error is null ? "info" : "error", ended.Error ?? ended.State), "end");
    }

    private static async Task<TaskAttempt?> FindAsync(
        TaskLogReader logs, PipelineDefinition pipeline, DateOnly date, string task, long? attempt, CancellationToken cancellationToken) =>
        (await logs.AttemptsAsync(pipeline.Name, date, task, cancellationToken)).LastOrDefault(found => attempt is null || found.Id == attempt);

    private static ProblemHttpResult NoAttempt(DateOnly date, string task) => TypedResults.Problem(
        $"History has no such attempt of {task} on {date:O}. GET /api/v1/runs/{date:O}/attempts lists what there is.", statusCode: 404, title: "No such attempt");
}
