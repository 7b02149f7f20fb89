using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Platform.Worker.Pipeline;
using Platform.Worker.Pipeline.Arrivals;
using Platform.Worker.Pipeline.Schedule;
using Platform.Worker.Pipeline.Start;

namespace Platform.Worker.Operate.Api;

internal static class OperatorApi
{
    /// <summary>The most data dates that one backfill may ask for.</summary>
    private const int MaxBackfillDays = 3660;

    public static IHostApplicationBuilder AddOperatorApi(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<OperatorOptions>().BindConfiguration(OperatorOptions.Section);
        builder.Services.AddAuthentication(OperatorAuthentication.SchemeName)
            .AddScheme<Microsoft.AspNetCore.Authentication.AuthenticationSchemeOptions, OperatorAuthentication>(OperatorAuthentication.SchemeName, null);
        builder.Services.AddAuthorization();
        builder.Services.AddProblemDetails(problems => problems.CustomizeProblemDetails = Explain);
        // In every environment, so that what is wrong with a body reaches its sender.
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.AddOpenApi("v1");
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            // A body without its date would ask for the year 1.
            json.SerializerOptions.RespectRequiredConstructorParameters = true;
        });
        return builder;
    }

    public static void MapOperatorApi(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions { StatusCodeSelector = StatusOf });
        app.UseStatusCodePages();
        app.UseAuthentication();
        app.UseAuthorization();

        app.MapOpenApi().RequireAuthorization();
        var api = app.MapGroup("/api/v1").RequireAuthorization().ProducesProblem(StatusCodes.Status401Unauthorized).WithTags("Operate");
        api.MapGet("/progress", Ok<StartProgress> (WorkerProgress progress) => TypedResults.Ok(progress.Current))
            .WithSummary("How far this Worker's start and catch-up have got");

        var runs = api.MapGroup("").AddEndpointFilter(AfterMigrationsAsync).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        runs.MapGet("/runs", ListAsync).WithSummary("The runs requested last, with their tasks");
        runs.MapGet("/runs/{date}", FindAsync).WithSummary("The run of a data date, task by task");
        runs.MapGet("/incidents", IncidentsAsync).WithSummary("What is not as promised: partitions past their deadline, datasets that are too old");
        runs.MapPost("/runs", RunAsync).WithSummary("Run the pipeline for a data date");
        runs.MapPost("/backfills", BackfillAsync).WithSummary("Run the pipeline for a range of data dates");
        runs.MapQuarantine();
    }

    private static async Task<Ok<RunList>> ListAsync(
        RunHistory history,
        CancellationToken cancellationToken,
        [Description("How many runs, 1 to 1000. Default 30.")] [Range(1, 1000)] int limit = 30) =>
        TypedResults.Ok(new RunList(await history.LatestAsync(Math.Clamp(limit, 1, 1000), cancellationToken)));

    private static async Task<Results<Ok<RunRecord>, ProblemHttpResult>> FindAsync(
        DateOnly date, RunHistory history, CancellationToken cancellationToken) =>
        await history.FindAsync(date, cancellationToken) is { } run
            ? TypedResults.Ok(run)
            : TypedResults.Problem($"No run of {date:O} was ever requested. POST /api/v1/runs requests one.", statusCode: 404, title: "No such run");

    private static async Task<Ok<IncidentList>> IncidentsAsync(
        Incidents incidents,
        CancellationToken cancellationToken,
        [Description("Resolved ones too. Default false.")] bool all = false,
        [Description("How many incidents, 1 to 1000. Default 100.")] [Range(1, 1000)] int limit = 100) =>
        TypedResults.Ok(new IncidentList(await incidents.LatestAsync(openOnly: !all, Math.Clamp(limit, 1, 1000), cancellationToken)));

    private static Task<Results<Accepted<AcceptedRequest>, ValidationProblem>> RunAsync(
        [FromBody] RunRequest request, RunRequests requests, TimeProvider clock, CancellationToken cancellationToken) =>
        SubmitAsync(new(request.DataDate, request.DataDate), "data_date", RunTrigger.Manual, request.Force, requests, clock, cancellationToken);

    private static Task<Results<Accepted<AcceptedRequest>, ValidationProblem>> BackfillAsync(
        [FromBody] BackfillRequest request, RunRequests requests, TimeProvider clock, CancellationToken cancellationToken) =>
        SubmitAsync(new(request.From, request.To), "to", RunTrigger.Backfill, request.Force, requests, clock, cancellationToken);

    private static async Task<Results<Accepted<AcceptedRequest>, ValidationProblem>> SubmitAsync(
        DataDateRange range, string field, RunTrigger trigger, bool force, RunRequests requests, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (Refusal(range, DataDates.NewestDue(clock)) is { } refusal)
        {
            return TypedResults.ValidationProblem(new Dictionary<string, string[]> { [field] = [refusal] });
        }
        var (id, queued) = await requests.SubmitAsync(range, trigger, force, cancellationToken);
        var accepted = new AcceptedRequest(id, range.From, range.To, queued.Count, range.Days - queued.Count);
        return TypedResults.Accepted(range.Days == 1 ? $"/api/v1/runs/{range.From:O}" : "/api/v1/runs", accepted);
    }

    private static string? Refusal(DataDateRange range, DateOnly newest) => range switch
    {
        { Days: < 1 } => $"The range ends on {range.To:O}, before it starts on {range.From:O}.",
        { Days: > MaxBackfillDays } => $"The range holds {range.Days} data dates; at most {MaxBackfillDays} go into one backfill.",
        _ when range.To > newest => $"{range.To:O} is not due yet; the newest data date that is due is {newest:O}.",
        _ => null,
    };

    private static int StatusOf(Exception exception) => exception switch
    {
        BadHttpRequestException bad => bad.StatusCode,
        _ when FaultClassifier.Classify(exception) is Fault.Infrastructure => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    private static void Explain(ProblemDetailsContext problem)
    {
        if (problem.Exception is BadHttpRequestException bad)
        {
            problem.ProblemDetails.Detail ??= bad.InnerException is { } inner ? $"{bad.Message} {inner.Message}" : bad.Message;
        }
    }

    private static async ValueTask<object?> AfterMigrationsAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        context.HttpContext.RequestServices.GetRequiredService<WorkerReadiness>().IsReady
            ? await next(context)
            : TypedResults.Problem("The Worker is still bringing the warehouse up to date; GET /api/v1/progress tells how far it is.", statusCode: 503, title: "Not ready yet");
}
