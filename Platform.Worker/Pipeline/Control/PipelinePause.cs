using Npgsql;
using Platform.Worker.Pipeline.Audit;

namespace Platform.Worker.Pipeline.Control;

/// <summary>Since when a pipeline is paused, by whom and why.</summary>
internal sealed record Pause(DateTimeOffset PausedAt, string PausedBy, string? Why);

/// <summary>Pauses a pipeline: no Worker begins a data date, whoever asked for it; those under way go on to their end, and nothing that is queued is lost.</summary>
internal sealed class PipelinePause(LedgerStatements statements)
{
    public async Task<Pause?> FindAsync(string pipeline, CancellationToken cancellationToken) =>
        (await statements.QueryAsync(
            "select paused_at, paused_by, why from meta.pipeline_pause where pipeline = @pipeline",
            row => new Pause(row.GetFieldValue<DateTimeOffset>(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2)),
            cancellationToken,
            new NpgsqlParameter("pipeline", pipeline))).SingleOrDefault();

    /// <returns>False when it was paused already; then nothing changes, and nothing is audited.</returns>
    public Task<bool> PauseAsync(string pipeline, string who, string? why, CancellationToken cancellationToken) =>
        ChangeAsync("""
            with changed as (
                insert into meta.pipeline_pause (pipeline, paused_at, paused_by, why) values (@pipeline, @now, @who, @why)
                on conflict (pipeline) do nothing
                returning true),
            """,
            pipeline, new(who, "pipeline.pause", pipeline, new { why }), why, cancellationToken);

    /// <returns>False when it was not paused.</returns>
    public Task<bool> ResumeAsync(string pipeline, string who, string? why, CancellationToken cancellationToken) =>
        ChangeAsync("""
            with changed as (
                delete from meta.pipeline_pause where pipeline = @pipeline returning true),
            """,
            pipeline, new(who, "pipeline.resume", pipeline, new { why }), why, cancellationToken);

    private async Task<bool> ChangeAsync(string changed, string pipeline, Change change, string? why, CancellationToken cancellationToken) =>
        (await statements.QueryAsync($"""
            {changed}
            audited as (
                insert into meta.audit (at, who, action, subject, detail)
                select @now, @who, @action, @subject, @audit_detail from changed)
            select true from changed
            """,
            row => row.GetBoolean(0),
            cancellationToken,
            [new("pipeline", pipeline), LedgerStatements.Text("why", why), statements.Now(), .. Change.Parameters(change)])).Count > 0;
}
