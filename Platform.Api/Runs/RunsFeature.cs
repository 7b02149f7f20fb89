using System.Collections.Immutable;
using System.ComponentModel;

namespace Platform.Api.Runs;

internal static class RunsFeature
{
    private const int MaxRuns = 366;

    public static IHostApplicationBuilder AddRuns(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<Freshness>();
        builder.Services.AddSingleton<RunHistory>();
        builder.Services.AddSingleton<MetricLineage>();
        return builder;
    }

    public static void MapRuns(this WebApplication app)
    {
        var api = app.MapGroup("/api/v1").WithTags("Runs");
        api.MapGet("/freshness", (Freshness freshness, CancellationToken cancellationToken) => freshness.ReadAsync(cancellationToken))
            .WithName("Freshness")
            .WithSummary("How fresh the data is")
            .WithDescription("The newest published day and when it was published, whether the due day (yesterday, UTC) is ready, and what is loaded of each domain.")
            .Produces<FreshnessReport>();
        LineageEndpoints.Map(api);
        api.MapGet("/runs", RecentAsync)
            .WithName("Runs")
            .WithSummary("The last runs, task by task")
            .Produces<RunList>()
            .ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static async Task<IResult> RecentAsync(
        RunHistory history,
        CancellationToken cancellationToken,
        [Description("Number of runs, newest data date first: 1 to 366. Default 10.")] int limit = 10) =>
        limit is >= 1 and <= MaxRuns
            ? Results.Ok(new RunList(await history.RecentAsync(limit, cancellationToken)))
            : Results.Problem(
                statusCode: StatusCodes.Status400BadRequest,
                type: "urn:platform:problem:bad-limit",
                title: "The limit is out of range",
                detail: $"limit is {limit}; expected 1 to {MaxRuns}.",
                extensions: new Dictionary<string, object?> { ["parameter"] = "limit" });
}

/// <summary>Runs, newest data date first.</summary>
internal sealed record RunList(ImmutableArray<PipelineRun> Runs);
