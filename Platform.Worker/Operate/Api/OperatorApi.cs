using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Platform.Worker.Pipeline;
using Platform.Worker.Pipeline.Arrivals;
using Platform.Worker.Pipeline.Start;

namespace Platform.Worker.Operate.Api;

internal static class OperatorApi
{
    public static IHostApplicationBuilder AddOperatorApi(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<OperatorOptions>().BindConfiguration(OperatorOptions.Section).ValidateDataAnnotations().ValidateOnStart();
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
        var api = app.MapGroup("/api/v1").For(OperatorRoles.Viewer).ProducesProblem(StatusCodes.Status401Unauthorized).WithTags("Operate");
        api.MapGet("/progress", Ok<StartProgress> (WorkerProgress progress) => TypedResults.Ok(progress.Current))
            .WithSummary("How far this Worker's start and catch-up have got");

        var ready = api.MapGroup("").AddEndpointFilter(AfterMigrationsAsync).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        ready.MapGet("/incidents", IncidentsAsync).WithSummary("What is not as promised: partitions past their deadline, datasets that are too old, data dates that are or will be late");
        ready.MapRuns();
        ready.MapTaskLogs();
        ready.MapBackfills();
        ready.MapPipeline();
        ready.MapAlerts();
        ready.MapQuarantine();
        ready.MapRetention();
        ready.MapKeys();
        ready.MapPeriods();
    }

    /// <summary>Only for operators of that role, or of one that includes it.</summary>
    public static TBuilder For<TBuilder>(this TBuilder endpoints, string role) where TBuilder : IEndpointConventionBuilder
    {
        endpoints.RequireAuthorization(new AuthorizeAttribute { Roles = role });
        if (role != OperatorRoles.Viewer)
        {
            endpoints.WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status403Forbidden, typeof(ProblemDetails), ["application/problem+json"]));
        }
        return endpoints;
    }

    private static async Task<Ok<IncidentList>> IncidentsAsync(
        Incidents incidents,
        CancellationToken cancellationToken,
        [Description("Resolved ones too. Default false.")] bool all = false,
        [Description("How many incidents, 1 to 1000. Default 100.")] [Range(1, 1000)] int limit = 100) =>
        TypedResults.Ok(new IncidentList(await incidents.LatestAsync(openOnly: !all, Math.Clamp(limit, 1, 1000), cancellationToken)));

    private static int StatusOf(Exception exception) => exception switch
    {
        BadHttpRequestException bad => bad.StatusCode,
        // Of a request, what is asked for is the configuration.
        ConfigurationFaultException => StatusCodes.Status400BadRequest,
        _ when FaultClassifier.Classify(exception) is Fault.Infrastructure => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    private static void Explain(ProblemDetailsContext problem)
    {
        if (problem.Exception is ConfigurationFaultException fault)
        {
            problem.ProblemDetails.Detail ??= fault.Message;
        }
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
