using Npgsql;
using NpgsqlTypes;

namespace Platform.Worker.Loading;

/// <summary>Notes the data dates whose facts change after they were built (<c>meta.stale_date</c>): the next build takes them along.</summary>
internal static class StaleDates
{
    /// <summary>Marks dates, in the transaction that changes their facts.</summary>
    /// <param name="connection">The session of that transaction.</param>
    /// <param name="domain">Domain of the facts.</param>
    /// <param name="dataset">Dataset of the facts.</param>
    /// <param name="dates">The data dates (<c>_partition</c>) whose rows change.</param>
    /// <param name="reason">What changed them, for people.</param>
    /// <param name="cancellationToken">Ends the statement.</param>
    public static async Task MarkAsync(
        NpgsqlConnection connection, string domain, string dataset, IReadOnlyCollection<DateOnly> dates, string reason, CancellationToken cancellationToken)
    {
        if (dates.Count == 0)
        {
            return;
        }

        // A mark that is there gets a new id, so that a build under way, which has not seen this change, does not clear it.
        await using var command = new NpgsqlCommand(
            """
            insert into meta.stale_date as stale (domain, dataset, data_date, since, reason)
            select @domain, @dataset, day, now(), @reason from unnest(@dates) day order by day
            on conflict (data_date, domain, dataset)
            do update set mark_id = default, reason = excluded.reason
            """,
            connection);
        command.Parameters.AddWithValue("domain", domain);
        command.Parameters.AddWithValue("dataset", dataset);
        command.Parameters.Add(new("dates", NpgsqlDbType.Array | NpgsqlDbType.Date) { Value = dates.ToArray() });
        command.Parameters.AddWithValue("reason", reason);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
