using Npgsql;
using Platform.Worker.Loading;
using Quartz;

namespace Platform.Worker.Pipeline.Schedule;

/// <summary>Removes partitions that are older than their contracts keep them.</summary>
internal sealed class RetirementJob(PartitionRetirement retirement, NpgsqlDataSource warehouse) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var retired = await RunAsync(retirement, warehouse, who: null, cancellationToken);
        context.Result = retired.Count == 0
            ? JobRunReport.Skipped("no partition is older than its retention")
            : JobRunReport.Succeeded($"{retired.Count} partitions removed, {retired.Sum(partition => partition.FactRows)} rows of facts");
    }

    /// <summary>Removes what is due; a build does not see it half removed.</summary>
    /// <param name="retirement">Knows what is due.</param>
    /// <param name="warehouse">Where builds are kept out meanwhile.</param>
    /// <param name="who">The operator who asks for it, for the audit log; null for the daily job.</param>
    /// <param name="cancellationToken">Ends it between two partitions.</param>
    public static async Task<IReadOnlyList<RetiredPartition>> RunAsync(
        PartitionRetirement retirement, NpgsqlDataSource warehouse, string? who, CancellationToken cancellationToken)
    {
        var retired = new List<RetiredPartition>();
        foreach (var date in (await retirement.DueAsync(cancellationToken)).GroupBy(partition => partition.DataDate))
        {
            await using var facts = await FactsLock.SharedAsync(warehouse, cancellationToken);
            foreach (var partition in date)
            {
                retired.Add(await retirement.RetireAsync(partition, who, cancellationToken));
            }
        }

        return retired;
    }
}
