using System.Buffers;
using Platform.Api.Metrics.Plan;
using Platform.Api.Metrics.Query;
using Platform.Api.Metrics.Formats;

namespace Platform.Api.Metrics;

/// <summary><c>/api/v1/query</c> and what belongs to it.</summary>
internal static class QueryEndpoints
{
    private const int SendAt = 64 * 1024;

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

    private static Task GetAsync(HttpContext context, MetricQueries queries)
    {
        var (parameters, format) = QueryRequestReader.Read(context.Request.Query);
        return AnswerAsync(context, queries, parameters, format);
    }

    private static async Task PostAsync(HttpContext context, MetricQueries queries)
    {
        var (parameters, format) = await QueryRequestReader.ReadAsync(context.Request.Body, context.RequestAborted);
        await AnswerAsync(context, queries, parameters, format);
    }

    private static async Task<IResult> ExplainAsync(HttpContext context, MetricQueries queries)
    {
        var (parameters, _) = QueryRequestReader.Read(context.Request.Query);
        return Results.Ok(await PlanAsync(parameters, queries, context.RequestAborted));
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
        var (plan, statement) = await queries.ExplainAsync(parameters, cancellationToken);
        return new
        {
            Sql = statement.Text,
            Parameters = statement.Parameters.Select((parameter, at) => new
            {
                Name = $"${at + 1}",
                Type = parameter.Type.ToString(),
                parameter.Value,
            }),
            Facts = plan.Facts.Select(fact => new
            {
                fact.Name,
                SemanticModel = fact.Model.Name,
                Relation = $"{fact.Model.Relation.Schema}.{fact.Model.Relation.Name}",
                MetricTime = fact.Time.Name,
                Timing = fact.Timing.ToString(),
                Measures = fact.Measures.Select(measure => measure.Name),
                Joins = fact.Joins.Select(join => $"{join.Target.Relation.Schema}.{join.Target.Relation.Name}"),
            }),
            Plan = PlanStep.Of(plan.Root),
            plan.Publication,
        };
    }

    internal static async Task AnswerAsync(HttpContext context, MetricQueries queries, QueryParameters parameters, string? formatName)
    {
        using var format = Format(context, formatName);
        var cancellationToken = context.RequestAborted;
        await using var answer = await queries.RunAsync(parameters, cancellationToken);
        var query = answer.Query;
        var receipt = new Receipt(answer.Publication.Id, parameters).ToString();

        var response = context.Response;
        var buffer = new ArrayBufferWriter<byte>(SendAt);
        format.Begin(answer, buffer);
        for (var rows = 1; await answer.ReadAsync(cancellationToken); rows++)
        {
            // Without a limit nothing is sent before the answer is known to be whole, so it is never cut short in silence.
            if (query.Limit is null && rows > queries.Options.DefaultRows)
            {
                throw new QueryException(new QueryFault(
                    "limit",
                    $"The answer has more than {queries.Options.DefaultRows} rows. Ask for so many with limit (at most {queries.Options.MaxRows}), or for " +
                    "fewer with start, end, where or a coarser grain."));
            }

            format.Row(answer, buffer);
            if (query.Limit is not null && buffer.WrittenCount >= SendAt)
            {
                await SendAsync();
            }
        }

        format.End(answer, receipt, buffer);
        await SendAsync();

        async Task SendAsync()
        {
            if (!response.HasStarted)
            {
                response.ContentType = format.ContentType;
                response.Headers["X-Receipt"] = receipt;
                response.Headers.LastModified = answer.Publication.PublishedAt.ToString("R");
                response.Headers.Vary = "Accept";
            }

            await response.BodyWriter.WriteAsync(buffer.WrittenMemory, cancellationToken);
            buffer.ResetWrittenCount();
        }
    }

    private static ResultFormat Format(HttpContext context, string? name) =>
        string.IsNullOrWhiteSpace(name)
            ? ResultFormat.ForAccept(context.Request.Headers.Accept.ToString())
            : ResultFormat.Find(name.Trim()) ?? throw new QueryException(new QueryFault(
                "format",
                $"'{name}' is no format; known are {string.Join(", ", ResultFormat.Names)}.",
                DidYouMean: NearMatches.Of(name, ResultFormat.Names)));
}
