using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Platform.Worker.Pipeline;
using Platform.Worker.Pipeline.Audit;
using Platform.Worker.Pipeline.Control;
using Platform.Worker.Pipeline.Schedule;

namespace Platform.Worker.Operate.Api;

/// <summary>The pipeline as a whole, and who changed what; the same as the verbs <c>pipeline ...</c>, <c>schedule</c> and <c>audit</c>.</summary>
internal static class PipelineApi
{
    public static void MapPipeline(this IEndpointRouteBuilder api)
    {
        api.MapGet("/pipeline", async Task<Ok<PipelineStatus>> (PipelineStatusReader status, CancellationToken cancellationToken) =>
                TypedResults.Ok(await status.ReadAsync(cancellationToken)))
            .WithSummary("The pipeline: whether it is paused, what is queued and running, its tasks");
        api.MapGet("/schedule", ScheduleAsync).WithSummary("When the pipeline fires, and how its deadlines stand");
        api.MapPost("/pipeline/pause", PauseAsync).For(OperatorRoles.Admin)
            .WithSummary("Begin no data date any more; those under way go on to their end, and requests stay queued");
        api.MapPost("/pipeline/resume", ResumeAsync).For(OperatorRoles.Admin).WithSummary("Go on after a pause, with what is queued");
        api.MapGet("/audit", AuditAsync).For(OperatorRoles.Admin).WithSummary("Who changed what and when, newest first");
    }

    private static async Task<Ok<ScheduleStatus>> ScheduleAsync(
        ScheduleReader schedule,
        CancellationToken cancellationToken,
        [Description("How many firings and deadlines, 1 to 100. Default 7.")] [Range(1, 100)] int count = 7) =>
        TypedResults.Ok(await schedule.ReadAsync(Math.Clamp(count, 1, 100), cancellationToken));

    private static async Task<Ok<PipelineStatus>> PauseAsync(
        [FromBody] PauseRequest request,
        PipelineDefinition pipeline,
        PipelinePause pause,
        PipelineStatusReader status,
        HttpContext context,
        CancellationToken cancellationToken)
    {
        await pause.PauseAsync(pipeline.Name, OperatorName.Of(context), request.Why, cancellationToken);
        return TypedResults.Ok(await status.ReadAsync(cancellationToken));
    }

    private static async Task<Ok<PipelineStatus>> ResumeAsync(
        [FromBody] PauseRequest request,
        PipelineDefinition pipeline,
        PipelinePause pause,
        PipelineStatusReader status,
        RunRequests requests,
        HttpContext context,
        CancellationToken cancellationToken)
    {
        if (await pause.ResumeAsync(pipeline.Name, OperatorName.Of(context), request.Why, cancellationToken))
        {
            await requests.ResumeAsync(cancellationToken);
        }
        return TypedResults.Ok(await status.ReadAsync(cancellationToken));
    }

    private static async Task<Ok<AuditEntries>> AuditAsync(
        AuditLog audit,
        CancellationToken cancellationToken,
        [Description("Changes of this operator.")] string? who = null,
        [Description("This action, e.g. run.clear, or all of a kind, e.g. run.")] string? action = null,
        [Description("Changes since this time.")] DateTimeOffset? since = null,
        [Description("The next page: the id of the last entry of the page before.")] long? before = null,
        [Description("How many entries, 1 to 1000. Default 100.")] [Range(1, 1000)] int limit = 100) =>
        TypedResults.Ok(new AuditEntries(await audit.ReadAsync(new(who, action, since, before, Math.Clamp(limit, 1, 1000)), cancellationToken)));
}
