using Npgsql;
using NpgsqlTypes;
using Platform.Testing;

namespace Platform.Api.Tests.Sample;

/// <summary>Closes a month as the Worker does: asks the Api for a saved query and keeps its answer.</summary>
internal static class SampleClosing
{
    public const string SavedQuery = "sales_by_month_and_region";

    public static async Task CloseAsync(TestDatabase database, ApiServer server, string month, string savedQuery = SavedQuery, string[]? metrics = null)
    {
        var (status, answer) = await server.GetAsync($"/api/v1/saved-queries/{savedQuery}/query?start={month}&end={month}&limit=1000");
        Assert.True(status == 200, answer.ToString());
        var published = answer.GetProperty("published");
        await using var command = database.DataSource.CreateCommand(
            """
            with closing as (
                insert into meta.closed_period (period, publication_id, published_at, closed_at, closed_by, why) values ($1, $2, $3, clock_timestamp(), 'api:maria', 'books') returning closing_id)
            insert into meta.closed_result (closing_id, saved_query, metrics, receipt, columns, rows)
            select closing_id, $4, $5, $6, $7, $8 from closing
            """);
        command.Parameters.AddWithValue(DateOnly.ParseExact(month, "yyyy-MM", System.Globalization.CultureInfo.InvariantCulture));
        command.Parameters.AddWithValue(published.GetProperty("publication_id").GetInt64());
        command.Parameters.AddWithValue(published.GetProperty("published_at").GetDateTimeOffset().ToUniversalTime());
        command.Parameters.AddWithValue(savedQuery);
        command.Parameters.AddWithValue(metrics ?? ["revenue", "order_count"]);
        command.Parameters.AddWithValue(answer.GetProperty("receipt").GetString()!);
        command.Parameters.Add(new NpgsqlParameter { Value = answer.GetProperty("columns").GetRawText(), NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new NpgsqlParameter { Value = answer.GetProperty("rows").GetRawText(), NpgsqlDbType = NpgsqlDbType.Jsonb });
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    public static Task ReopenAsync(TestDatabase database, string month) => SampleDatabase.ExecuteAsync(
        database,
        $"update meta.closed_period set reopened_at = clock_timestamp(), reopened_by = 'api:maria' where period = '{month}-01' and reopened_at is null",
        TestContext.Current.CancellationToken);
}
