using Platform.Testing;

namespace Platform.Api.Tests.Sample;

/// <summary>A database whose ledger has three runs: one failed, one done, one waiting; without a publication.</summary>
internal static class RunLedger
{
    public static async Task<TestDatabase> CreateAsync(EmbeddedServers servers, CancellationToken cancellationToken)
    {
        var database = await servers.CreateDatabaseAsync(cancellationToken);
        await SampleDatabase.MigrateAsync(database, cancellationToken);
        await SampleDatabase.LoadAsync(database, SampleData.Create(1), cancellationToken);
        await SampleDatabase.ExecuteAsync(
            database,
            """
            insert into meta.pipeline_run (pipeline, data_date, state, trigger, attempt, requested_at, started_at, finished_at) values
              ('daily', '2026-02-20', 'failed', 'schedule', 1, '2026-02-21T02:00Z', '2026-02-21T02:00Z', '2026-02-21T02:00:04Z'),
              ('daily', '2026-02-19', 'success', 'catch_up', 1, '2026-02-21T01:00Z', '2026-02-21T01:00Z', '2026-02-21T01:00:09Z'),
              ('daily', '2026-02-18', 'queued', 'catch_up', 0, '2026-02-21T00:00Z', null, null);
            insert into meta.task_run (pipeline, data_date, task, position, state, attempt, started_at, finished_at, rows, error) values
              ('daily', '2026-02-20', 'dbt_build', 3, 'upstream_failed', 0, null, null, null, null),
              ('daily', '2026-02-20', 'etl_sales', 2, 'failed', 1, '2026-02-21T02:00:02Z', '2026-02-21T02:00:04Z', null, 'line 17: no decimal'),
              ('daily', '2026-02-20', 'generate_mock_data', 1, 'success', 1, '2026-02-21T02:00:00Z', '2026-02-21T02:00:02Z', 900, null),
              ('daily', '2026-02-19', 'generate_mock_data', 1, 'success', 1, '2026-02-21T01:00:00Z', '2026-02-21T01:00:02Z', 900, null),
              ('daily', '2026-02-19', 'etl_sales', 2, 'success', 1, '2026-02-21T01:00:02Z', '2026-02-21T01:00:04Z', 900, null),
              ('daily', '2026-02-19', 'dbt_build', 3, 'running', 1, '2026-02-21T01:00:04Z', null, null, null),
              ('daily', '2026-02-18', 'generate_mock_data', 1, 'pending', 0, null, null, null, null);
            insert into meta.partition_load (domain, dataset, partition, file, content_sha256, contract_version, contract_sha256, file_rows, loaded_rows,
                quarantined_rows, started_at, loaded_at, current) values
              ('sales', 'orders', '2026-02-20', 'f', 'h', '1', 'h', 105, 100, 5, '2026-02-21T02:00Z', '2026-02-21T02:00Z', true),
              ('sales', 'order_lines', '2026-02-19', 'f', 'h', '1', 'h', 200, 200, 0, '2026-02-21T02:00Z', '2026-02-21T02:00Z', true),
              ('sales', 'order_lines', '2026-02-20', 'f', 'h', '1', 'h', 9, 2, 7, '2026-02-21T01:00Z', '2026-02-21T01:00Z', false),
              ('finance', 'invoices', '2026-02-20', 'f', 'h', '1', 'h', 50, 50, 0, '2026-02-21T03:00Z', '2026-02-21T03:00Z', true);
            insert into meta.quarantine (load_id, domain, dataset, partition, file, line, rule, message, raw_line, raw_sha256, state, amount, currency, changed_at)
            select l.load_id, l.domain, l.dataset, l.partition, 'f', row.number, 'type', 'm', '', '', row.state, row.amount, row.currency, l.loaded_at
            from meta.partition_load l, (values
              (1, 'open', 10.50, 'EUR'), (2, 'open', null, 'EUR'), (3, 'open', 7.00, 'USD'), (4, 'open', 1.25, 'EUR'), (5, 'open', null, null),
              (6, 'replayed', 99.00, 'EUR')) row (number, state, amount, currency)
            where l.dataset = 'orders';
            """,
            cancellationToken);
        return database;
    }
}
