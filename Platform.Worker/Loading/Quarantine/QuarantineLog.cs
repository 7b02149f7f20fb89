using Npgsql;

namespace Platform.Worker.Loading.Quarantine;

/// <summary>What an action did to a row.</summary>
/// <param name="Id">The row.</param>
/// <param name="Outcome"><c>fixed</c>, <c>replayed</c>, <c>rejected</c> or <c>discarded</c>.</param>
/// <param name="Detail">Why it was rejected again.</param>
internal readonly record struct ActionOutcome(long Id, string Outcome, string? Detail = null);

/// <summary>Writes the append-only log of actions (<c>meta.quarantine_action</c>) within the transaction that acts.</summary>
internal static class QuarantineLog
{
    public static async Task AppendAsync(
        NpgsqlConnection connection,
        string action,
        QuarantineActor actor,
        DateTimeOffset now,
        IReadOnlyCollection<ActionOutcome> outcomes,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            with act as (
                insert into meta.quarantine_action (action, acted_by, acted_at, why, rows) values ($1, $2, $3, $4, $5) returning action_id)
            insert into meta.quarantine_action_row (quarantine_id, action_id, outcome, detail)
            select o.id, act.action_id, o.outcome, o.detail from act, unnest($6, $7, $8) o (id, outcome, detail)
            """,
            connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = action });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = actor.By });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = actor.Why });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = outcomes.Count });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. outcomes.Select(outcome => outcome.Id)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. outcomes.Select(outcome => outcome.Outcome)] });
        command.Parameters.Add(new NpgsqlParameter<string?[]> { TypedValue = [.. outcomes.Select(outcome => outcome.Detail)] });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Enters the lines of the replay that was done last in this transaction.</summary>
    public static async Task AppendReplayAsync(
        NpgsqlConnection connection, QuarantineActor actor, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            with act as (
                insert into meta.quarantine_action (action, acted_by, acted_at, why, rows)
                select 'replay', $1, $2, $3, count(*) from {LineReplay.Lines} returning action_id)
            insert into meta.quarantine_action_row (quarantine_id, action_id, outcome, detail)
            select r.quarantine_id, act.action_id, case when r.rule is null then 'replayed' else 'rejected' end, r.message from act, {LineReplay.Lines} r
            """,
            connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = actor.By });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = actor.Why });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
