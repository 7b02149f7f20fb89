using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Platform.Worker.Loading;
using Platform.Worker.Pipeline.Schedule;

namespace Platform.Worker.Operate.Api;

/// <summary>Partitions older than the retention of their contracts; the same as the verb <c>retire</c>.</summary>
internal static class RetentionApi
{
    public static void MapRetention(this IEndpointRouteBuilder api)
    {
        api.MapGet("/retention", async Task<Ok<RetiredPartitions>> (PartitionRetirement retirement, CancellationToken cancellationToken) =>
                TypedResults.Ok(new RetiredPartitions(await retirement.DueAsync(cancellationToken))))
            .WithSummary("Partitions older than the retention of their contracts, not yet removed");
        api.MapPost("/retention/retire", async Task<Ok<RetiredPartitions>> (
                PartitionRetirement retirement, NpgsqlDataSource warehouse, HttpContext context, CancellationToken cancellationToken) =>
                TypedResults.Ok(new RetiredPartitions(await RetirementJob.RunAsync(retirement, warehouse, OperatorName.Of(context), cancellationToken))))
            .For(OperatorRoles.Admin)
            .WithSummary("Remove them: landed files, facts and quarantined rows; what is published stays");
    }
}
