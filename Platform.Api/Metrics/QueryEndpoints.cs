using Platform.Api.Access;
using Platform.Api.Metrics.Answers;
using Platform.Api.Metrics.Query;
using Platform.Metrics.Plan;
using Platform.Metrics.Query;

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
            .For(ReaderRoles.Analyst)
            .WithName("Explain")
            .WithSummary("The SQL that a query runs")
            .WithDescription("Takes the parameters of /query and returns the statement, its parameters and the facts that it reads, each with the rollup that is read in its place, without running it.")
            .AddOpenApiOperationTransformer(QueryDocumentation.DescribeExplain);
    }

    private static Task GetAsync(HttpContext context, AnswerSender answers) => answers.SendAsync(context);

    private static async Task PostAsync(HttpContext context, AnswerSender answers) =>
        await answers.SendAsync(context, await QueryRequestReader.ReadAsync(context.Request.Body, context.RequestAborted));

    private static async Task<IResult> ExplainAsync(HttpContext context, MetricQueries queries)
    {
        var request = QueryRequestReader.Read(context.Request.Query);
        return Results.Ok(await PlanAsync(request.Query, queries, context.User.Policy(), context.RequestAborted));
    }

    /// <summary>A query's SQL and plan, for people.</summary>
    public static async Task<object> PlanAsync(
        QueryParameters parameters, MetricQueries queries, ReaderPolicy reader, CancellationToken cancellationToken)
    {
        var (plan, statement) = await queries.ExplainAsync(parameters, reader, cancellationToken);
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
                Rollup = plan.RollupOf(fact) is { } rollup ? $"{rollup.Relation.Schema}.{rollup.Relation.Name}" : null,
                MetricTime = fact.Time.Name,
                Timing = fact.Timing.ToString(),
                Measures = fact.Measures.Select(measure => measure.Name),
                Joins = fact.Joins.Select(join => $"{join.Target.Relation.Schema}.{join.Target.Relation.Name}"),
            }),
            Plan = PlanStep.Of(plan.Root),
            plan.Publication,
        };
    }
}
