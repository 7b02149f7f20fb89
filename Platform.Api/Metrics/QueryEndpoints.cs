using Platform.Api.Metrics.Answers;
using Platform.Api.Metrics.Query;

namespace Platform.Api.Metrics;

/// <summary><c>/api/v1/query</c> and what belongs to it.</summary>
internal static class QueryEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/query", (Delegate)GetAsync)
            .WithName("Query")
            .WithSummary("Ask for metrics")
            .WithDescription(QueryDocumentation.Query)
            .AddOpenApiOperationTransformer(QueryDocumentation.DescribeGet);
        api.MapPost("/query", (Delegate)PostAsync)
            .WithName("QueryByBody")
            .WithSummary("Ask for metrics, with the query as JSON")
            .WithDescription(QueryDocumentation.Query)
            .WithMetadata(new RequestBodyLimit(QueryRequestReader.MaxBody))
            .AddOpenApiOperationTransformer(QueryDocumentation.DescribePost);
        api.MapGet("/explain", ExplainAsync)
            .WithName("Explain")
            .WithSummary("The SQL that a query runs")
            .WithDescription("Takes the parameters of /query and returns the statement, its parameters and the facts that it reads, without running it.")
            .AddOpenApiOperationTransformer(QueryDocumentation.DescribeExplain);
        api.MapGet("/receipts/{id}", ReceiptAsync)
            .WithName("Receipt")
            .WithSummary("Where an answer came from")
            .WithDescription(
                "Every answer carries a receipt. It names the query and the publication; here they are unpacked, with the SQL when that publication " +
                "is still the current one.")
            .AddOpenApiOperationTransformer(QueryDocumentation.DescribeReceipt);
    }

    private static Task GetAsync(HttpContext context, AnswerSender answers) => answers.SendAsync(context);

    private static async Task PostAsync(HttpContext context, AnswerSender answers) =>
        await answers.SendAsync(context, await QueryRequestReader.ReadAsync(context.Request.Body, context.RequestAborted));

    private static async Task<IResult> ExplainAsync(HttpContext context, MetricQueries queries)
    {
        var request = QueryRequestReader.Read(context.Request.Query);
        return Results.Ok(await PlanAsync(request.Query, queries, context.RequestAborted));
    }

    private static async Task<IResult> ReceiptAsync(string id, Catalogue.CatalogueSource catalogues, MetricQueries queries, CancellationToken cancellationToken)
    {
        if (Receipt.Parse(id) is not { } receipt)
        {
            return Results.Problem(
                statusCode: StatusCodes.Status404NotFound, title: "No such receipt", detail: "The text is no receipt of this API; take it from an answer as a whole.");
        }

        var current = (await catalogues.CurrentAsync(cancellationToken)).Publication;
        return Results.Ok(new
        {
            Receipt = id,
            receipt.PublicationId,
            IsCurrent = current.Id == receipt.PublicationId,
            Query = receipt.Parameters,
            Explain = current.Id == receipt.PublicationId ? await PlanAsync(receipt.Parameters, queries, cancellationToken) : null,
        });
    }

    private static async Task<object> PlanAsync(QueryParameters parameters, MetricQueries queries, CancellationToken cancellationToken)
    {
        var (plan, statement) = await queries.ExplainAsync(QueryReader.Read(parameters, queries.Options), cancellationToken);
        return new
        {
            Sql = statement.Text,
            Parameters = statement.Parameters.Select((parameter, at) => new
            {
                Name = $"${at + 1}",
                Type = parameter.Type.ToString(),
                parameter.Value,
            }),
            Facts = plan.Scans.Select(scan => new
            {
                scan.Name,
                SemanticModel = scan.Model.Name,
                Relation = $"{scan.Model.Relation.Schema}.{scan.Model.Relation.Name}",
                MetricTime = scan.Time.Name,
                Timing = scan.Timing.GetType().Name,
                Measures = scan.Values.Select(value => value.Measure.Name),
                Joins = scan.Joins.Select(join => $"{join.Step.Target.Relation.Schema}.{join.Step.Target.Relation.Name}"),
            }),
            plan.Publication,
        };
    }
}
