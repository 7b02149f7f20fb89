using Npgsql;

namespace Platform.Worker.Pipeline.Arrivals;

/// <summary>With which files the loads of partitions began: <c>meta.partition_arrival</c>.</summary>
internal sealed class ArrivalRecords(NpgsqlDataSource warehouse, TimeProvider clock)
{
    /// <summary>A load begins with the files of this identity.</summary>
    public async Task EnterAsync(string domain, DateOnly date, string identity, CancellationToken cancellationToken)
    {
        await using var command = warehouse.CreateCommand("""
            insert into meta.partition_arrival as arrival (domain, data_date, identity, seen_at) values (@domain, @date, @identity, @now)
            on conflict (domain, data_date) do update set identity = excluded.identity, seen_at = excluded.seen_at
            where arrival.identity <> excluded.identity
            """);
        command.Parameters.AddWithValue("domain", domain);
        command.Parameters.AddWithValue("date", date);
        command.Parameters.AddWithValue("identity", identity);
        command.Parameters.AddWithValue("now", clock.GetUtcNow());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <returns>The identity of the files that the last load began with; null before the first.</returns>
    public async Task<string?> FindAsync(string domain, DateOnly date, CancellationToken cancellationToken)
    {
        await using var command = warehouse.CreateCommand(
            "select identity from meta.partition_arrival where domain = @domain and data_date = @date");
        command.Parameters.AddWithValue("domain", domain);
        command.Parameters.AddWithValue("date", date);
        return (string?)await command.ExecuteScalarAsync(cancellationToken);
    }
}
