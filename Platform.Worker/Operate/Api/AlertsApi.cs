using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Platform.Worker.Pipeline.Alerts;

namespace Platform.Worker.Operate.Api;

/// <summary>Alerts over HTTP; the same as the verbs <c>alerts ...</c>.</summary>
internal static class AlertsApi
{
    private static readonly string[] States = ["pending", "sent", "failed", "suppressed"];

    public static void MapAlerts(this IEndpointRouteBuilder api)
    {
        api.MapGet("/alerts", ListAsync).WithSummary("What receivers were told of incidents and failed runs, and what waits to be sent, newest first");
        api.MapPost("/alerts/test", TestAsync).For(OperatorRoles.Operator).WithSummary("Send a test alert now and tell which receivers took it");
    }

    private static async Task<Results<Ok<AlertList>, ValidationProblem>> ListAsync(
        AlertOutbox outbox,
        CancellationToken cancellationToken,
        [Description("Those with a delivery in this state: pending, sent, failed or suppressed.")] string? state = null,
        [Description("How many alerts, 1 to 1000. Default 100.")] [Range(1, 1000)] int limit = 100) =>
        state is not null && !States.Contains(state)
            ? TypedResults.ValidationProblem(
                new Dictionary<string, string[]> { ["state"] = [$"'{state}' is no state of a delivery; expected {string.Join(", ", States)}."] })
            : TypedResults.Ok(new AlertList(await outbox.LatestAsync(state, Math.Clamp(limit, 1, 1000), cancellationToken)));

    private static async Task<Ok<TestedAlert>> TestAsync(
        [FromBody] TestAlertRequest request, AlertDispatcher dispatcher, HttpContext context, CancellationToken cancellationToken) =>
        TypedResults.Ok(new TestedAlert(await dispatcher.TestAsync(request.Receiver, OperatorName.Of(context), cancellationToken)));
}
