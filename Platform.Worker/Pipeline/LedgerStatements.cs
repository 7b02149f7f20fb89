using Npgsql;
using NpgsqlTypes;

namespace Platform.Worker.Pipeline;

/// <summary>Statements against the ledger. One that meets an infrastructure fault is tried again, so each must be safe to do twice.</summary>
internal sealed class LedgerStatements(NpgsqlDataSource warehouse, InfrastructureRetry retry, TimeProvider clock)
{
    public Task ExecuteAsync(string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters) =>
        retry.ExecuteAsync(
            async token =>
            {
                await using var command = Command(sql, parameters);
                await command.ExecuteNonQueryAsync(token);
                return true;
            },
            cancellationToken);

    public Task<List<T>> QueryAsync<T>(
        string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params NpgsqlParameter[] parameters) =>
        retry.ExecuteAsync(
            async token =>
            {
                await using var command = Command(sql, parameters);
                await using var reader = await command.ExecuteReaderAsync(token);
                var rows = new List<T>();
                while (await reader.ReadAsync(token))
                {
                    rows.Add(read(reader));
                }
                return rows;
            },
            cancellationToken);

    public NpgsqlParameter Now() => new("now", clock.GetUtcNow());

    /// <summary>The moment that lies so far from now.</summary>
    public DateTimeOffset At(TimeSpan fromNow) => clock.GetUtcNow() + fromNow;

    public static NpgsqlParameter Dates(IReadOnlyCollection<DateOnly>? dates) =>
        new("dates", NpgsqlDbType.Array | NpgsqlDbType.Date) { Value = (object?)dates?.ToArray() ?? DBNull.Value };

    public static NpgsqlParameter Text(string name, string? value) => new(name, NpgsqlDbType.Text) { Value = (object?)value ?? DBNull.Value };

    private NpgsqlCommand Command(string sql, NpgsqlParameter[] parameters)
    {
        var command = warehouse.CreateCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter.Clone());
        }
        return command;
    }
}
