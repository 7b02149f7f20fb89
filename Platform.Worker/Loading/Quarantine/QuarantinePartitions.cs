using Npgsql;
using Platform.Worker.Contracts;

namespace Platform.Worker.Loading.Quarantine;

/// <summary>The partitions that an action touches, in the order in which it works on them.</summary>
internal sealed class QuarantinePartitions(NpgsqlDataSource dataSource, ContractCatalog contracts)
{
    /// <summary>By data date; of one date, a domain comes after those that it refers to.</summary>
    public async Task<List<(string Domain, DateOnly Date)>> OfAsync(QuarantineFilter filter, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand();
        command.CommandTimeout = 0;
        command.CommandText = $"select distinct q.domain, q.partition from meta.quarantine q where {filter.Condition(command.Parameters)}";
        var found = new List<(string Domain, DateOnly Date)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add((reader.GetString(0), reader.GetFieldValue<DateOnly>(1)));
        }

        var order = contracts.Domains.Index().ToDictionary(item => item.Item.Name, item => item.Index, StringComparer.Ordinal);
        return [.. found.OrderBy(item => item.Date).ThenBy(item => order.GetValueOrDefault(item.Domain, int.MaxValue)).ThenBy(item => item.Domain, StringComparer.Ordinal)];
    }
}
