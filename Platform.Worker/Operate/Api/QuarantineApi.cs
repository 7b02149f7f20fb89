using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Npgsql;
using Platform.Worker.Loading.Quarantine;
using Platform.Worker.Pipeline;

namespace Platform.Worker.Operate.Api;

/// <summary>The work on quarantined rows over HTTP; the same as the verbs <c>quarantine ...</c>.</summary>
internal static class QuarantineApi
{
    private const int MostRows = 1_000;

    public static void MapQuarantine(this IEndpointRouteBuilder api)
    {
        var quarantine = api.MapGroup("/quarantine").AddEndpointFilter(ExplainFaultAsync).WithTags("Quarantine")
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        quarantine.MapGet("", GroupsAsync).WithSummary("Quarantined rows by dataset and rule, with the money at stake");
        quarantine.MapGet("/totals", TotalsAsync).WithSummary("Open rows by dataset, with the money at stake");
        quarantine.MapGet("/rows", RowsAsync).WithSummary("Quarantined rows, page by page");
        quarantine.MapGet("/rows/{id:long}", FindAsync).WithSummary("One row: its reasons, its line, its correction and what was done to it");
        quarantine.MapGet("/export", Export).WithSummary("Rows of one dataset as CSV, with their reasons").Produces<string>(contentType: "text/csv");
        quarantine.MapPost("/rows/{id:long}/fix", FixAsync).For(OperatorRoles.Operator).WithSummary("Correct fields of one row");
        quarantine.MapPost("/fix", FixFileAsync).For(OperatorRoles.Operator).WithSummary("Take back an export that was corrected").Accepts<string>("text/csv");
        quarantine.MapPost("/replay", ReplayAsync).For(OperatorRoles.Operator).WithSummary("Put rows through the checks again, and those that pass into the facts");
        quarantine.MapPost("/discard", DiscardAsync).For(OperatorRoles.Operator).WithSummary("Give rows up for good");
    }

    private static async Task<Ok<QuarantineGroups>> GroupsAsync(
        [AsParameters] QuarantineQuery query, QuarantineReader reader, CancellationToken cancellationToken) =>
        TypedResults.Ok(new QuarantineGroups(await reader.GroupsAsync(query.Filter(), cancellationToken)));

    private static async Task<Ok<QuarantineTotals>> TotalsAsync(QuarantineReader reader, CancellationToken cancellationToken) =>
        TypedResults.Ok(new QuarantineTotals(await reader.TotalsAsync(cancellationToken)));

    private static async Task<Ok<QuarantinedRows>> RowsAsync(
        [AsParameters] QuarantineQuery query,
        QuarantineReader reader,
        CancellationToken cancellationToken,
        [Description("Rows after this id: the last one of the page before.")] long? after = null,
        [Description("How many rows, 1 to 1000. Default 100.")] int limit = 100) =>
        TypedResults.Ok(new QuarantinedRows(
            await reader.RowsAsync(query.Filter() with { After = after }, Math.Clamp(limit, 1, MostRows), cancellationToken).ToListAsync(cancellationToken)));

    private static async Task<Results<Ok<QuarantinedRow>, ProblemHttpResult>> FindAsync(
        long id, QuarantineReader reader, CancellationToken cancellationToken) =>
        await reader.FindAsync(id, cancellationToken) is { } row
            ? TypedResults.Ok(row)
            : TypedResults.Problem($"There is no quarantined row {id}.", statusCode: 404, title: "No such row");

    private static async Task<IResult> Export(
        [AsParameters] QuarantineQuery query,
        QuarantineExport export,
        HttpContext context,
        CancellationToken cancellationToken,
        [Description("Cells as they are and no byte order mark. Default false: formulas are escaped.")] bool raw = false)
    {
        // What cannot be exported is said before the first byte.
        var filter = query.Filter();
        await export.RequireOneDatasetAsync(filter, cancellationToken);
        context.Response.Headers.ContentDisposition = "attachment; filename=quarantine.csv";
        return TypedResults.Stream(async body => await export.WriteAsync(filter, raw, body, context.RequestAborted), "text/csv; charset=utf-8");
    }

    private static async Task<Ok<FixResult>> FixAsync(
        long id, [FromBody] FixRequest request, QuarantineFix fix, HttpContext context, CancellationToken cancellationToken) =>
        TypedResults.Ok(await fix.FixAsync(id, request.Values, Actor(context, request.Why), cancellationToken));

    private static async Task<Ok<FixResult>> FixFileAsync(
        [Description("The reason.")] string why,
        QuarantineFix fix,
        HttpContext context,
        CancellationToken cancellationToken,
        [Description("Whether it is a raw export. Default false.")] bool raw = false)
    {
        using var csv = new MemoryStream();
        await context.Request.Body.CopyToAsync(csv, cancellationToken);
        return TypedResults.Ok(await fix.FixAsync(csv.ToArray(), raw, Actor(context, why), cancellationToken));
    }

    private static async Task<Ok<ReplayResult>> ReplayAsync(
        [FromBody] ReplayRequest request, QuarantineReplay replay, NpgsqlDataSource warehouse, HttpContext context, CancellationToken cancellationToken)
    {
        var filter = request.Rows.Filter();
        // As for a load: no build reads the facts meanwhile.
        await using var facts = await FactsLock.SharedAsync(warehouse, cancellationToken);
        return TypedResults.Ok(await replay.ReplayAsync(filter, request.AllOrNone, Actor(context, request.Why), cancellationToken));
    }

    private static async Task<Ok<DiscardResult>> DiscardAsync(
        [FromBody] DiscardRequest request, QuarantineDiscard discard, HttpContext context, CancellationToken cancellationToken) =>
        TypedResults.Ok(await discard.DiscardAsync(request.Rows.Filter(), Actor(context, request.Why), cancellationToken));

    private static QuarantineActor Actor(HttpContext context, string why) => string.IsNullOrWhiteSpace(why)
        ? throw new QuarantineFaultException("'why' is empty; give the reason.")
        : new QuarantineActor(OperatorName.Of(context), why);

    private static async ValueTask<object?> ExplainFaultAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (QuarantineFaultException fault)
        {
            return TypedResults.Problem(
                fault.Message, statusCode: StatusCodes.Status422UnprocessableEntity, title: "Nothing was changed",
                extensions: new Dictionary<string, object?> { ["faults"] = fault.Faults });
        }
        catch (Exception fault) when (fault is DataFaultException or ConfigurationFaultException)
        {
            return TypedResults.Problem(fault.Message, statusCode: StatusCodes.Status422UnprocessableEntity, title: "The data or a contract is at fault");
        }
    }
}
