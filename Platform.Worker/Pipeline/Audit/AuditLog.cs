using System.Text.Json;
using NpgsqlTypes;

namespace Platform.Worker.Pipeline.Audit;

/// <summary>A change that somebody made.</summary>
internal sealed record AuditEntry(long Id, DateTimeOffset At, string Who, string Action, string Subject, JsonElement Detail);

/// <summary>Which entries to read, newest first; what is null does not matter.</summary>
/// <param name="Who">Made by this operator.</param>
/// <param name="Action">This action, or all that begin with it and a dot (<c>run</c> for <c>run.clear</c>).</param>
/// <param name="Since">Made at this time or later.</param>
/// <param name="Before">Older than the entry with this id: the last one of the page before.</param>
/// <param name="Limit">How many.</param>
internal sealed record AuditQuery(string? Who, string? Action, DateTimeOffset? Since, long? Before, int Limit);

/// <summary>Reads <c>meta.audit</c>, which can only be added to.</summary>
internal sealed class AuditLog(LedgerStatements statements)
{
    public Task<List<AuditEntry>> ReadAsync(AuditQuery query, CancellationToken cancellationToken) =>
        statements.QueryAsync("""
            select audit_id, at, who, action, subject, detail from meta.audit
            where (@who is null or who = @who)
              and (@action is null or action = @action or action like @action || '.%')
              and (@since is null or at >= @since)
              and (@before is null or audit_id < @before)
            order by audit_id desc
            limit @limit
            """,
            row => new AuditEntry(
                row.GetInt64(0), row.GetFieldValue<DateTimeOffset>(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetFieldValue<JsonElement>(5)),
            cancellationToken,
            LedgerStatements.Text("who", query.Who),
            LedgerStatements.Text("action", query.Action),
            new("since", NpgsqlDbType.TimestampTz) { Value = (object?)query.Since?.ToUniversalTime() ?? DBNull.Value },
            new("before", NpgsqlDbType.Bigint) { Value = (object?)query.Before ?? DBNull.Value },
            new("limit", query.Limit));
}
