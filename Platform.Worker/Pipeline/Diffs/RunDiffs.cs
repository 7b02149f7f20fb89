using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace Platform.Worker.Pipeline.Diffs;

/// <summary>
/// Compares two publications by what publishing recorded: rows by model, metrics by date, loads seen. What it reads follows what changed in between.
/// </summary>
internal sealed class RunDiffs(PipelineDefinition pipeline, LedgerStatements statements)
{
    private const int LongestNumber = 18;

    /// <summary>What the run changed, against the publication before its own.</summary>
    /// <param name="run">A data date, yyyy-MM-dd, or the id of a successful attempt of dbt_build.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ConfigurationFaultException">There is no such run, or it has published nothing.</exception>
    public async Task<RunDiff> OfRunAsync(string run, CancellationToken cancellationToken)
    {
        var after = await PublicationAsync(run, cancellationToken);
        var before = (await statements.QueryAsync(
            "select max(publication_id) from meta.publication where publication_id < @after",
            row => row.IsDBNull(0) ? (long?)null : row.GetInt64(0), cancellationToken, new NpgsqlParameter("after", after))).Single();
        return await CompareAsync(before, after, cancellationToken);
    }

    /// <summary>What changed between the publications of two runs, whichever is named first.</summary>
    /// <inheritdoc cref="OfRunAsync" path="/exception"/>
    public async Task<RunDiff> BetweenAsync(string one, string other, CancellationToken cancellationToken)
    {
        var (first, second) = (await PublicationAsync(one, cancellationToken), await PublicationAsync(other, cancellationToken));
        return first == second
            ? throw new ConfigurationFaultException($"{one} and {other} were published together, by one build. 'runs diff {other}' tells what it changed.")
            : await CompareAsync(Math.Min(first, second), Math.Max(first, second), cancellationToken);
    }

    private async Task<RunDiff> CompareAsync(long? before, long after, CancellationToken cancellationToken)
    {
        var publications = await PublicationsAsync(before, after, cancellationToken);
        var range = new DiffRange(publications.Find(publication => publication.Facts.Publication == before), publications.Single(publication => publication.Facts.Publication == after));
        var reader = new DiffReader(statements, range);
        var loads = await reader.LoadsAsync(cancellationToken);
        var late = await reader.LateRowsAsync(cancellationToken);
        var quarantine = await reader.QuarantineAsync(cancellationToken);
        var built = await reader.ModelsAsync(cancellationToken);
        var reasons = new Reasons(loads, late, quarantine, built.Where(model => model.CodeChanged).Select(model => model.UniqueId));
        var why = built.ToDictionary(model => model.UniqueId, model => reasons.Of(model.UniqueId, model.Reads, model.Sources));
        return new RunDiff(
            range.Before?.Facts, range.After.Facts, loads, late, quarantine,
            [.. built.Select(model => model.ToChange(why[model.UniqueId]))],
            await reader.RemovedModelsAsync(cancellationToken),
            [.. (await reader.MetricsAsync(cancellationToken)).Select(metric => metric with { Why = why.GetValueOrDefault(metric.Model, []) })]);
    }

    /// <summary>The publication of a run.</summary>
    private async Task<long> PublicationAsync(string run, CancellationToken cancellationToken)
    {
        if (DateOnly.TryParseExact(run, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            return await FindAsync("data_date = @date and state = 'success'", new("date", date), cancellationToken)
                ?? throw new ConfigurationFaultException($"No run of {date:O} has published anything. 'runs show --date {date:O}' tells how far it got.");
        }

        return run.Length <= LongestNumber && long.TryParse(run, NumberStyles.None, CultureInfo.InvariantCulture, out var attempt)
            ? await FindAsync("attempt_id = @attempt", new("attempt", attempt), cancellationToken)
                ?? throw new ConfigurationFaultException(
                    $"{attempt} is no attempt of {pipeline.BatchTask.Name} that has published. 'runs show --date D' lists the attempts of a data date with their ids.")
            : throw new ConfigurationFaultException($"'{run}' is neither a data date (yyyy-MM-dd) nor the id of an attempt of {pipeline.BatchTask.Name}.");
    }

    private async Task<long?> FindAsync(string which, NpgsqlParameter parameter, CancellationToken cancellationToken) =>
        (await statements.QueryAsync($"""
            select (detail ->> 'publication_id')::bigint from meta.task_attempt
            where pipeline = @pipeline and task = @task and {which} and detail ->> 'publication_id' is not null
            order by attempt_id desc limit 1
            """,
            row => (long?)row.GetInt64(0), cancellationToken,
            new("pipeline", pipeline.Name), new("task", pipeline.BatchTask.Name), parameter)).SingleOrDefault();

    private Task<List<ComparedPublication>> PublicationsAsync(long? before, long after, CancellationToken cancellationToken) =>
        statements.QueryAsync("""
            select publication.publication_id, published_at, invocation_id, data_date_from, data_date_to, project_version,
                   loads_through, quarantine_actions_through, results_recorded,
                   (select attempt.code_version from meta.task_attempt attempt
                    where attempt.pipeline = @pipeline and attempt.task = @task and attempt.data_date = publication.data_date_from
                      and (attempt.detail ->> 'publication_id')::bigint = publication.publication_id
                    order by attempt_id desc limit 1)
            from meta.publication publication
            where publication_id in (@before, @after)
            """,
            row => new ComparedPublication(
                new PublicationFacts(
                    row.GetInt64(0), row.GetFieldValue<DateTimeOffset>(1), row.GetGuid(2), row.IsDBNull(3) ? null : row.GetFieldValue<DateOnly>(3),
                    row.IsDBNull(4) ? null : row.GetFieldValue<DateOnly>(4), row.IsDBNull(5) ? null : row.GetString(5), row.IsDBNull(9) ? null : row.GetString(9)),
                row.IsDBNull(6) ? null : row.GetInt64(6), row.IsDBNull(7) ? null : row.GetInt64(7), row.GetBoolean(8)),
            cancellationToken,
            new("pipeline", pipeline.Name), new("task", pipeline.BatchTask.Name), new("after", after),
            new("before", NpgsqlDbType.Bigint) { Value = (object?)before ?? DBNull.Value });
}

/// <summary>A publication with the marks of what it saw.</summary>
internal sealed record ComparedPublication(PublicationFacts Facts, long? LoadsThrough, long? ActionsThrough, bool IsRecorded);

/// <summary>What lies after one publication, up to and with another.</summary>
internal sealed record DiffRange(ComparedPublication? Before, ComparedPublication After)
{
    public NpgsqlParameter[] Publications =>
        [new("before", Before?.Facts.Publication ?? 0), new("after", After.Facts.Publication)];

    /// <summary>Of a publication from before these marks were kept, nothing is known; then the range is empty.</summary>
    public NpgsqlParameter[] Loads => [new("after_load", First(Before?.LoadsThrough, After.LoadsThrough)), new("through_load", After.LoadsThrough ?? 0)];

    public NpgsqlParameter[] Actions =>
        [new("after_action", First(Before?.ActionsThrough, After.ActionsThrough)), new("through_action", After.ActionsThrough ?? 0)];

    private long First(long? before, long? after) => Before is { IsRecorded: false } ? after ?? 0 : before ?? 0;
}
