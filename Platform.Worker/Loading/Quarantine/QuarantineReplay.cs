using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Platform.Worker.Contracts;
using Platform.Worker.Loading.Quality;

namespace Platform.Worker.Loading.Quarantine;

/// <summary>What a replay did.</summary>
/// <param name="Replayed">Rows that are in the facts now, also those that only waited for the row they refer to.</param>
/// <param name="Rejected">Rows that were asked for and stay in quarantine.</param>
/// <param name="Reasons">Why, for the first of them.</param>
/// <param name="Refused">Partitions of which nothing was changed, with the reason.</param>
/// <param name="StaleDates">Data dates whose facts got rows; the next run builds them again.</param>
internal sealed record ReplayResult(
    long Replayed, long Rejected, IReadOnlyList<ReplayReason> Reasons, IReadOnlyList<string> Refused, IReadOnlyList<DateOnly> StaleDates);

/// <summary>Why a row stays in quarantine.</summary>
internal sealed record ReplayReason(long Id, string Domain, string Dataset, DateOnly Partition, string Rule, string Reason);

/// <summary>
/// Puts quarantined rows, corrected or as they came, through the checks again, and those that pass into the facts. One transaction per domain and
/// data date, with the load's counts, the log and the mark that the date is to be built again. Rows that referred to a replayed one and were refused
/// for that follow.
/// </summary>
internal sealed class QuarantineReplay(NpgsqlDataSource dataSource, ContractCatalog contracts, QuarantinePartitions partitions, TimeProvider time)
{
    private const int MostReasons = 1_000;

    /// <param name="filter">Which rows; of these, the open ones and, asked for by id or state, discarded ones, of loads that are current.</param>
    /// <param name="allOrNone">Whether a partition stays as it is unless every row of it passes that was asked for.</param>
    /// <param name="actor">Who replays them, and why.</param>
    /// <param name="cancellationToken">Stops between two partitions.</param>
    public async Task<ReplayResult> ReplayAsync(QuarantineFilter filter, bool allOrNone, QuarantineActor actor, CancellationToken cancellationToken)
    {
        QuarantineState[] replayable = filter.Ids.Count > 0 || filter.States.Contains(QuarantineState.Discarded)
            ? [QuarantineState.Open, QuarantineState.Discarded]
            : [QuarantineState.Open];
        var meant = filter with { States = filter.States.Count == 0 ? replayable : [.. filter.States.Intersect(replayable)] };
        if (meant.States.Count == 0)
        {
            throw new QuarantineFaultException("Open rows, and discarded ones, can be replayed, no others.");
        }

        var total = new Total();
        var work = new List<(string Domain, DateOnly Date)>(await partitions.OfAsync(meant, cancellationToken));
        for (var index = 0; index < work.Count; index++)
        {
            var (domain, date) = work[index];
            var entered = await ReplayAsync(domain, date, meant, total, allOrNone, actor, cancellationToken);
            total.Entered.UnionWith(entered);

            // Domains further on may have rows that were refused for want of these.
            foreach (var dependent in Dependents(domain, date, total).Where(dependent => !work.Contains((dependent, date))))
            {
                work.Insert(index + 1, (dependent, date));
            }
        }

        return new ReplayResult(total.Replayed, total.Rejected, total.Reasons, total.Refused, [.. total.Entered.Select(entered => entered.Date).Distinct().Order()]);
    }

    private IEnumerable<string> Dependents(string domain, DateOnly date, Total total) => contracts.Domains
        .Where(other => other.Name != domain && other.Datasets.Any(contract => contract.References.Any(reference => total.Entered.Contains((reference.ToDomain, reference.ToDataset, date)))))
        .Select(other => other.Name)
        .Reverse();

    private async Task<HashSet<(string, string, DateOnly)>> ReplayAsync(
        string domain, DateOnly date, QuarantineFilter filter, Total total, bool allOrNone, QuarantineActor actor, CancellationToken cancellationToken)
    {
        var known = contracts.Domains.FirstOrDefault(item => item.Name == domain);
        if (known is null)
        {
            total.Refused.Add($"{domain} {date:yyyy-MM-dd}: there is no domain '{domain}' any more.");
            return [];
        }

        await FactTables.EnsureAsync(dataSource, known, cancellationToken);
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await PartitionLock.AcquireAsync(connection, known, date, cancellationToken);
        var current = await new LoadRecords(connection, date).CurrentAsync([domain, .. known.DependsOn], cancellationToken);
        var partition = new PartitionReplay(connection, date, current, time.GetUtcNow());
        var entered = new HashSet<(string, string, DateOnly)>(total.Entered);
        try
        {
            foreach (var contract in known.Datasets)
            {
                string[] waited = [.. contract.References
                    .Where(reference => entered.Contains((reference.ToDomain, reference.ToDataset, date)))
                    .Select(reference => reference.Column)];
                if (await partition.RunAsync(contract, filter, waited, allOrNone, actor, cancellationToken))
                {
                    entered.Add((domain, contract.Dataset, date));
                }
            }

            await transaction.CommitAsync(cancellationToken);
        }
        catch (PartitionFaultException fault)
        {
            total.Refused.Add(fault.Message);
            total.Rejected += partition.Asked;
            total.Add(partition.Reasons);
            return [];
        }

        total.Replayed += partition.Replayed;
        total.Rejected += partition.Rejected;
        total.Add(partition.Reasons);
        return entered;
    }

    private sealed class Total
    {
        public long Replayed { get; set; }

        public long Rejected { get; set; }

        public List<ReplayReason> Reasons { get; } = [];

        public List<string> Refused { get; } = [];

        /// <summary>Datasets that got rows.</summary>
        public HashSet<(string Domain, string Dataset, DateOnly Date)> Entered { get; } = [];

        public void Add(IEnumerable<ReplayReason> reasons) => Reasons.AddRange(reasons.Take(MostReasons - Reasons.Count));
    }
}
