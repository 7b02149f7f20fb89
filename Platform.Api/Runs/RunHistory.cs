using System.Collections.Immutable;
using Npgsql;
using NpgsqlTypes;

namespace Platform.Api.Runs;

/// <summary>Reads the run ledger and the check results.</summary>
internal sealed class RunHistory(NpgsqlDataSource dataSource)
{
    private const string Columns =
        """
        select r.pipeline, r.data_date, r.state, r.trigger, r.attempt, r.requested_at, r.started_at, r.finished_at, r.error,
               t.task, t.state, t.attempt, t.started_at, t.finished_at, t.rows, t.error
        """;

    /// <summary>The newest runs by data date, with their tasks.</summary>
    public Task<ImmutableArray<PipelineRun>> RecentAsync(int limit, CancellationToken cancellationToken) => ReadAsync(
        $"""
        {Columns}
        from (select * from meta.pipeline_run order by data_date desc, pipeline limit $1) as r
        left join meta.task_run as t on t.pipeline = r.pipeline and t.data_date = r.data_date
        order by r.data_date desc, r.pipeline, t.position
        """,
        limit,
        cancellationToken);

    /// <summary>The runs to look at first: those that are going on, then those that ended, then those that wait; each by data date.</summary>
    public Task<ImmutableArray<PipelineRun>> ActivityAsync(int limit, CancellationToken cancellationToken) => ReadAsync(
        $"""
        {Columns}
        from (
          (select *, 1 as turn from meta.pipeline_run where state = 'running' order by data_date desc, pipeline limit $1)
          union all
          (select *, 2 from meta.pipeline_run where state not in ('running', 'queued') order by data_date desc, pipeline limit $1)
          union all
          (select *, 3 from meta.pipeline_run where state = 'queued' order by data_date desc, pipeline limit $1)
          order by turn, data_date desc, pipeline
          limit $1
        ) as r
        left join meta.task_run as t on t.pipeline = r.pipeline and t.data_date = r.data_date
        order by r.turn, r.data_date desc, r.pipeline, t.position
        """,
        limit,
        cancellationToken);

    /// <summary>How many of the days asked for are loaded. The last task of a run builds and publishes several days together, so it does not count.</summary>
    public async Task<LoadProgress> ProgressAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            select count(*) filter (where loaded)::integer, count(*)::integer
            from (
              select r.data_date,
                     coalesce(bool_and(t.state = 'success') filter (where t.position < last.position), false) as loaded
              from meta.pipeline_run as r
              left join meta.task_run as t on t.pipeline = r.pipeline and t.data_date = r.data_date
              left join (
                select pipeline, data_date, max(position) as position from meta.task_run group by pipeline, data_date
              ) as last on last.pipeline = r.pipeline and last.data_date = r.data_date
              where r.state <> 'cancelled'
              group by r.pipeline, r.data_date
            ) as days
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new LoadProgress(reader.GetInt32(0), reader.GetInt32(1));
    }

    /// <summary>Checks of the current publication's build; all zero before the first.</summary>
    public async Task<CheckSummary> ChecksAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            select count(*) filter (where c.status = 'pass')::integer,
                   count(*) filter (where c.status = 'warn')::integer,
                   count(*) filter (where c.status in ('fail', 'error'))::integer,
                   coalesce((select sum(quarantined_rows - discarded_rows) from meta.partition_load where current), 0)::bigint,
                   coalesce((select sum(loaded_rows) from meta.partition_load where current), 0)::bigint
            from meta.publication as p
            join meta.node_result as c on c.invocation_id = p.invocation_id and c.resource_type in ('test', 'unit_test')
            where p.is_current
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new CheckSummary(reader.GetInt32(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetInt64(3), reader.GetInt64(4));
    }

    private async Task<ImmutableArray<PipelineRun>> ReadAsync(string sql, int limit, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter { Value = limit, NpgsqlDbType = NpgsqlDbType.Integer });

        var runs = ImmutableArray.CreateBuilder<PipelineRun>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var (pipeline, date) = (reader.GetString(0), reader.GetFieldValue<DateOnly>(1));
            if (runs.Count == 0 || runs[^1].Pipeline != pipeline || runs[^1].DataDate != date)
            {
                runs.Add(new PipelineRun(
                    pipeline,
                    date,
                    reader.GetString(2),
                    reader.GetString(3),
                    reader.GetInt32(4),
                    reader.GetFieldValue<DateTimeOffset>(5),
                    reader.Time(6),
                    reader.Time(7),
                    reader.Text(8),
                    []));
            }

            if (reader.Text(9) is { } task)
            {
                runs[^1] = runs[^1] with
                {
                    Tasks = runs[^1].Tasks.Add(new TaskRun(
                        task,
                        reader.GetString(10),
                        reader.GetInt32(11),
                        reader.Time(12),
                        reader.Time(13),
                        reader.IsDBNull(14) ? null : reader.GetInt64(14),
                        reader.Text(15))),
                };
            }
        }

        return runs.ToImmutable();
    }
}
