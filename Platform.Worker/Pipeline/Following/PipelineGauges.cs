using System.Diagnostics.Metrics;
using Npgsql;
using Platform.Worker.Contracts;
using Platform.Worker.Loading;

namespace Platform.Worker.Pipeline.Following;

/// <summary>Looks at the queue and at the age of the facts, for the gauges of <see cref="PipelineMetrics"/>.</summary>
internal sealed class PipelineGauges(
    IReadOnlyList<Domain> domains, PipelineDefinition pipeline, NpgsqlDataSource warehouse, PipelineMetrics metrics, TimeProvider clock)
{
    private static readonly RunState[] Standing = [RunState.Queued, RunState.Running, RunState.Waiting];

    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var (queue, oldest) = await QueueAsync(cancellationToken);
        metrics.Stands(queue, oldest, await FreshnessAsync(cancellationToken));
    }

    private async Task<(List<Measurement<long>> Queue, List<Measurement<double>> Oldest)> QueueAsync(CancellationToken cancellationToken)
    {
        await using var command = warehouse.CreateCommand(
            """
            select state, count(*), min(requested_at) from meta.pipeline_run
            where pipeline = $1 and state in ('queued', 'running', 'waiting')
            group by state
            """);
        command.Parameters.AddWithValue(pipeline.Name);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var standing = new Dictionary<string, (long Runs, DateTimeOffset Oldest)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            standing[reader.GetString(0)] = (reader.GetInt64(1), reader.GetFieldValue<DateTimeOffset>(2));
        }

        var queue = Standing.Select(state => new Measurement<long>(
            standing.GetValueOrDefault(state.Word()).Runs,
            new(PipelineTelemetry.Pipeline, pipeline.Name), new KeyValuePair<string, object?>(PipelineTelemetry.State, state.Word())));
        var age = standing.TryGetValue(RunState.Queued.Word(), out var queued) ? clock.GetUtcNow() - queued.Oldest : TimeSpan.Zero;
        return ([.. queue], [new(age.TotalSeconds, new KeyValuePair<string, object?>(PipelineTelemetry.Pipeline, pipeline.Name))]);
    }

    private async Task<List<Measurement<double>>> FreshnessAsync(CancellationToken cancellationToken)
    {
        var datasets = domains.SelectMany(domain => domain.Datasets).ToList();
        // A subquery each: the newest of a dataset is one look into the index of current loads, however many days there are.
        await using var command = warehouse.CreateCommand(
            """
            select dataset.place, (select max(partition) from meta.partition_load
                                   where current and domain = dataset.domain and dataset = dataset.name)
            from unnest($1, $2) with ordinality as dataset (domain, name, place)
            """);
        command.Parameters.AddWithValue(datasets.Select(contract => contract.Domain).ToArray());
        command.Parameters.AddWithValue(datasets.Select(contract => contract.Dataset).ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var ages = new List<Measurement<double>>();
        while (await reader.ReadAsync(cancellationToken))
        {
            if (!reader.IsDBNull(1))
            {
                var contract = datasets[(int)reader.GetInt64(0) - 1];
                var ended = new DateTimeOffset(reader.GetFieldValue<DateOnly>(1).AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
                ages.Add(new(
                    (clock.GetUtcNow() - ended).TotalSeconds,
                    new(LoadingTelemetry.Domain, contract.Domain), new KeyValuePair<string, object?>(LoadingTelemetry.Dataset, contract.Dataset)));
            }
        }

        return ages;
    }
}
