using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace Platform.Worker.Pipeline.Audit;

/// <summary>A change that somebody makes; the statement that makes it enters it in <c>meta.audit</c> as well.</summary>
/// <param name="Who">The operator: <c>api:name</c>, or <c>user@machine</c> for a verb.</param>
/// <param name="Action">What is done, e.g. <c>run.clear</c>.</param>
/// <param name="Subject">What it is done to, e.g. <c>etl_full_pipeline_daily 2026-01-05..2026-01-09</c>.</param>
/// <param name="Detail">How, as an object that is written as JSON; null for nothing.</param>
internal sealed record Change(string Who, string Action, string Subject, object? Detail = null)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>A part of a statement's <c>with</c>; it takes <see cref="Parameters"/> and <c>@now</c>.</summary>
    public const string Entry = """
        audited as (
            insert into meta.audit (at, who, action, subject, detail)
            select @now, @who, @action, @subject, @audit_detail where @who is not null)
        """;

    /// <summary>The parameters of <see cref="Entry"/>; without a change (the system itself did it) nothing is entered.</summary>
    public static NpgsqlParameter[] Parameters(Change? change) =>
    [
        LedgerStatements.Text("who", change?.Who),
        LedgerStatements.Text("action", change?.Action),
        LedgerStatements.Text("subject", change?.Subject),
        new("audit_detail", NpgsqlDbType.Jsonb) { Value = change?.Detail is { } detail ? JsonSerializer.Serialize(detail, Json) : "{}" },
    ];
}
