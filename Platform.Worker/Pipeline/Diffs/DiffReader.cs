using Npgsql;

namespace Platform.Worker.Pipeline.Diffs;

/// <summary>Reads what was recorded between two publications.</summary>
internal sealed class DiffReader(LedgerStatements statements, DiffRange range)
{
    /// <summary>Each partition that was loaded in between, by its last load, beside the one that was there before.</summary>
    public Task<List<LoadChange>> LoadsAsync(CancellationToken cancellationToken) =>
        statements.QueryAsync("""
            select load.domain, load.dataset, load.partition, before.load_id is null, before.contract_sha256 is distinct from load.contract_sha256,
                   before.content_sha256 is distinct from load.content_sha256,
                   before.loaded_rows, load.loaded_rows, before.quarantined_rows, load.quarantined_rows, before.contract_version, load.contract_version
            from (
                select distinct on (domain, dataset, partition) * from meta.partition_load
                where load_id > @after_load and load_id <= @through_load order by domain, dataset, partition, load_id desc) load
            left join lateral (
                select * from meta.partition_load old
                where old.domain = load.domain and old.dataset = load.dataset and old.partition = load.partition and old.load_id <= @after_load
                order by load_id desc limit 1) before on true
            order by load.partition, load.domain, load.dataset
            """,
            row => new LoadChange(
                row.GetString(0), row.GetString(1), row.GetFieldValue<DateOnly>(2),
                row.GetBoolean(3) ? "new" : row.GetBoolean(4) ? "rules" : row.GetBoolean(5) ? "corrected" : "reloaded",
                Number(row, 6), row.GetInt64(7), Number(row, 8), row.GetInt64(9), row.IsDBNull(10) ? null : row.GetString(10), row.GetString(11))
            {
                IsCorrected = !row.GetBoolean(3) && row.GetBoolean(5),
            },
            cancellationToken,
            range.Loads);

    public Task<List<LateRowsChange>> LateRowsAsync(CancellationToken cancellationToken) =>
        statements.QueryAsync("""
            select domain, dataset, data_date, partition, sum(rows)::bigint from meta.late_row
            where load_id > @after_load and load_id <= @through_load
            group by domain, dataset, data_date, partition order by data_date, domain, dataset, partition
            """,
            row => new LateRowsChange(row.GetString(0), row.GetString(1), row.GetFieldValue<DateOnly>(2), row.GetFieldValue<DateOnly>(3), row.GetInt64(4)),
            cancellationToken,
            range.Loads);

    public Task<List<QuarantineChange>> QuarantineAsync(CancellationToken cancellationToken) =>
        statements.QueryAsync("""
            select line.domain, line.dataset, line.partition, decided.outcome, count(*)
            from meta.quarantine_action_row decided join meta.quarantine line using (quarantine_id)
            where decided.action_id > @after_action and decided.action_id <= @through_action and decided.outcome in ('replayed', 'discarded')
            group by line.domain, line.dataset, line.partition, decided.outcome
            order by line.partition, line.domain, line.dataset, decided.outcome
            """,
            row => new QuarantineChange(row.GetString(0), row.GetString(1), row.GetFieldValue<DateOnly>(2), row.GetString(3), row.GetInt64(4)),
            cancellationToken,
            range.Actions);

    public Task<List<BuiltModel>> ModelsAsync(CancellationToken cancellationToken) =>
        statements.QueryAsync("""
            select built.unique_id, last.relation, built.whole, before.rows, last.rows, built.added, built.removed,
                   before.code_sha256 is distinct from last.code_sha256 and (before.code_sha256 is not null or @before > 0), last.reads, last.sources
            from (
                select unique_id, bool_or(built = 'whole') as whole, sum(rows_added)::bigint as added, sum(rows_removed)::bigint as removed
                from meta.publication_model where publication_id > @before and publication_id <= @after group by unique_id) built
            left join lateral (
                select rows, code_sha256 from meta.publication_model old
                where old.unique_id = built.unique_id and old.publication_id <= @before order by publication_id desc limit 1) before on true
            cross join lateral (
                select relation, rows, code_sha256, reads, sources from meta.publication_model new
                where new.unique_id = built.unique_id and new.publication_id <= @after order by publication_id desc limit 1) last
            order by last.relation
            """,
            row => new BuiltModel(
                row.GetString(0), row.GetString(1), row.GetBoolean(2), Number(row, 3), Number(row, 4), Number(row, 5), Number(row, 6),
                range.Before is { IsRecorded: true } && row.GetBoolean(7), row.GetFieldValue<string[]>(8), row.GetFieldValue<string[]>(9)),
            cancellationToken,
            range.Publications);

    /// <summary>Models of the publication before that the one after has no longer.</summary>
    public Task<List<string>> RemovedModelsAsync(CancellationToken cancellationToken) =>
        statements.QueryAsync("""
            select model ->> 'unique_id' from meta.publication, jsonb_array_elements(manifest -> 'models') model where publication_id = @before
            except
            select model ->> 'unique_id' from meta.publication, jsonb_array_elements(manifest -> 'models') model where publication_id = @after
            order by 1
            """,
            row => row.GetString(0),
            cancellationToken,
            range.Publications);

    public async Task<IReadOnlyList<MetricChange>> MetricsAsync(CancellationToken cancellationToken)
    {
        var values = await statements.QueryAsync("""
            select changed.metric, defined.label, defined.unique_id,
                   before_defined.metric is not null and before_defined.definition_sha256 is distinct from defined.definition_sha256,
                   before_defined.metric is not null, changed.data_date, before.value, last.value
            from (select distinct metric, data_date from meta.metric_value where publication_id > @before and publication_id <= @after) changed
            left join lateral (
                select value from meta.metric_value old
                where old.metric = changed.metric and old.data_date = changed.data_date and old.publication_id <= @before
                order by publication_id desc limit 1) before on true
            cross join lateral (
                select value from meta.metric_value new
                where new.metric = changed.metric and new.data_date = changed.data_date and new.publication_id <= @after
                order by publication_id desc limit 1) last
            cross join lateral (
                select definition_sha256, unique_id, label from meta.recorded_metric new
                where new.metric = changed.metric and new.publication_id <= @after order by publication_id desc limit 1) defined
            left join lateral (
                select metric, definition_sha256 from meta.recorded_metric old
                where old.metric = changed.metric and old.publication_id <= @before order by publication_id desc limit 1) before_defined on true
            where before.value is distinct from last.value
            order by changed.metric, changed.data_date
            """,
            row => (
                Metric: row.GetString(0), Label: row.IsDBNull(1) ? null : row.GetString(1), Model: row.GetString(2), Redefined: row.GetBoolean(3),
                Known: row.GetBoolean(4),
                Date: new MetricDateChange(row.GetFieldValue<DateOnly>(5), row.IsDBNull(6) ? null : row.GetDecimal(6), row.GetDecimal(7))),
            cancellationToken,
            range.Publications);
        return [.. values.GroupBy(value => value.Metric).Select(metric => new MetricChange(
            metric.Key, metric.First().Label, metric.First().Model, metric.First().Known ? metric.Sum(value => value.Date.Before ?? 0) : null,
            metric.Sum(value => value.Date.After), Why: [], [.. metric.Select(value => value.Date)])
        {
            DefinitionChanged = metric.First().Redefined,
        })];
    }

    private static long? Number(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);
}

/// <summary>A model as it was built in between, with what it is made of.</summary>
internal sealed record BuiltModel(
    string UniqueId, string Relation, bool IsWhole, long? RowsBefore, long? RowsAfter, long? Added, long? Removed, bool CodeChanged, string[] Reads, string[] Sources)
{
    public ModelChange ToChange(IReadOnlyList<string> why) =>
        new(UniqueId, Relation, IsWhole ? "whole" : "delta", RowsBefore, RowsAfter, IsWhole ? null : Added, IsWhole ? null : Removed, why) { CodeChanged = CodeChanged };
}
