using Npgsql;
using Platform.Worker.Contracts;

namespace Platform.Worker.Pipeline.Arrivals;

/// <summary>Compares the age of each dataset's newest loaded partition with what its contract promises.</summary>
internal sealed class FreshnessWatch(IReadOnlyList<Domain> domains, NpgsqlDataSource warehouse, Incidents incidents, TimeProvider clock)
{
    private readonly List<DatasetContract> _promised =
        [.. domains.SelectMany(domain => domain.Datasets).Where(contract => contract.ServiceLevel.Freshness is not null)];

    /// <summary>Opens incidents of datasets that are too old and resolves those of datasets that are no longer. A dataset never loaded has no age.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        var stale = new List<Matter>();
        foreach (var contract in _promised)
        {
            var promised = contract.ServiceLevel.Freshness!.Value;
            if (await NewestAsync(contract, cancellationToken) is { } newest && Ended(newest) + promised < clock.GetUtcNow())
            {
                stale.Add(new Matter(
                    contract.Domain, contract.Dataset, newest,
                    $"{contract.Domain}.{contract.Dataset}: the newest loaded partition is {newest:yyyy-MM-dd}; {Promise(promised)}."));
            }
        }
        await incidents.StaleAsync(stale, cancellationToken);
    }

    private async Task<DateOnly?> NewestAsync(DatasetContract contract, CancellationToken cancellationToken)
    {
        await using var command = warehouse.CreateCommand(
            "select max(partition) from meta.partition_load where current and domain = @domain and dataset = @dataset");
        command.Parameters.AddWithValue("domain", contract.Domain);
        command.Parameters.AddWithValue("dataset", contract.Dataset);
        return await command.ExecuteScalarAsync(cancellationToken) is DateOnly newest ? newest : null;
    }

    private static DateTimeOffset Ended(DateOnly date) => new(date.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    private static string Promise(TimeSpan freshness) => freshness.TotalHours < 48
        ? FormattableString.Invariant($"its contract promises {freshness.TotalHours:0.##} hours at most after the end of its day")
        : FormattableString.Invariant($"its contract promises {freshness.TotalDays:0.##} days at most after the end of its day");
}
