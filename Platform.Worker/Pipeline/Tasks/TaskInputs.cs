using Npgsql;

namespace Platform.Worker.Pipeline.Tasks;

/// <summary>What tasks worked from, as <c>meta.task_attempt.inputs</c> keeps it, read from the records that the stages keep of their work.</summary>
internal sealed class TaskInputs(LedgerStatements statements)
{
    /// <summary>The files with their content hashes and the contracts of the loads.</summary>
    public async Task<object> OfLoadsAsync(long[] loads, CancellationToken cancellationToken) =>
        new
        {
            Datasets = await statements.QueryAsync("""
                select dataset, file, content_sha256, contract_version, contract_sha256 from meta.partition_load
                where load_id = any (@loads) order by array_position(@loads, load_id)
                """,
                row => new
                {
                    Dataset = row.GetString(0), File = row.GetString(1), ContentSha256 = row.GetString(2), ContractVersion = row.GetString(3),
                    ContractSha256 = row.GetString(4),
                },
                cancellationToken,
                new NpgsqlParameter("loads", loads)),
        };

    /// <summary>One hash over the loads of the range, and one over the SQL of all models, with the invocation that lists them.</summary>
    public async Task<object> OfBuildAsync(DataDateRange range, Guid invocation, CancellationToken cancellationToken) =>
        (await statements.QueryAsync("""
            select
                (select encode(sha256(convert_to(string_agg(domain || '.' || dataset || ' ' || partition || ' ' || content_sha256, E'\n'
                        order by domain, dataset, partition), 'UTF8')), 'hex')
                 from meta.partition_load where current and partition between @from and @to),
                (select encode(sha256(convert_to(string_agg(unique_id || ' ' || coalesce(compiled_sha256, ''), E'\n' order by unique_id), 'UTF8')), 'hex')
                 from meta.node_result where invocation_id = @invocation)
            """,
            row => new
            {
                Loads = range.ToString(), LoadsSha256 = row.IsDBNull(0) ? null : row.GetString(0), Invocation = invocation,
                ModelsSha256 = row.IsDBNull(1) ? null : row.GetString(1),
            },
            cancellationToken,
            new("from", range.From), new("to", range.To), new("invocation", invocation))).Single();
}
