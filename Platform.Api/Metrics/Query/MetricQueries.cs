using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Api.Metrics.Catalogue;
using Platform.Api.Metrics.Plan;
using Platform.Api.Metrics.Sql;
using Platform.Api.Warehouse;

namespace Platform.Api.Metrics.Query;

/// <summary>Answers queries: plans against the kept catalogue, reads in a snapshot, and plans anew when that is of another publication.</summary>
internal sealed class MetricQueries(NpgsqlDataSource dataSource, CatalogueSource catalogues, IOptions<QueryOptions> options, TimeProvider time)
{
    // A publish holds its locks for milliseconds.
    private static readonly TimeSpan PublishWait = TimeSpan.FromMilliseconds(10);

    public QueryOptions Options => options.Value;

    /// <summary>The plan and its SQL, from the current catalogue, without running it.</summary>
    /// <exception cref="QueryException">The query cannot be answered.</exception>
    public async Task<(QueryPlan Plan, SqlStatement Statement)> ExplainAsync(MetricQuery query, CancellationToken cancellationToken)
    {
        var plan = QueryPlanner.Plan(query, await catalogues.CurrentAsync(cancellationToken), RowLimit(query));
        return (plan, QuerySql.Write(plan));
    }

    /// <exception cref="QueryException">The query cannot be answered.</exception>
    /// <exception cref="NothingPublishedException">There is no publication yet.</exception>
    /// <exception cref="NpgsqlException">The database does not answer, or not in time.</exception>
    public async Task<QueryAnswer> RunAsync(MetricQuery query, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var catalogue = await catalogues.KeptAsync(cancellationToken);
        while (true)
        {
            (var plan, catalogue) = await PlanAsync(query, catalogue, cancellationToken);
            try
            {
                if (await TryReadAsync(plan, cancellationToken) is { } answer)
                {
                    return answer;
                }

                if (time.GetElapsedTime(started) >= Options.StatementTimeout)
                {
                    throw new TimeoutException("Another publication came at every attempt to read one.");
                }
            }
            catch (PostgresException exception)
                when (PublishedSnapshot.IsPublishing(exception) && time.GetElapsedTime(started) < Options.StatementTimeout)
            {
                await Task.Delay(PublishWait, time, cancellationToken);
            }

            catalogue = await catalogues.CurrentAsync(cancellationToken);
        }
    }

    /// <summary>The plan and the catalogue it is from. What an old catalogue does not have, the current one may.</summary>
    private async Task<(QueryPlan Plan, MetricCatalogue Catalogue)> PlanAsync(
        MetricQuery query, MetricCatalogue catalogue, CancellationToken cancellationToken)
    {
        try
        {
            return (QueryPlanner.Plan(query, catalogue, RowLimit(query)), catalogue);
        }
        catch (QueryException)
        {
            var current = await catalogues.CurrentAsync(cancellationToken);
            if (current == catalogue)
            {
                throw;
            }

            return (QueryPlanner.Plan(query, current, RowLimit(query)), current);
        }
    }

    /// <summary>The answer, or null when the plan is of another publication than the one that is current now.</summary>
    private async Task<QueryAnswer?> TryReadAsync(QueryPlan plan, CancellationToken cancellationToken)
    {
        var snapshot = await PublishedSnapshot.OpenAsync(
            dataSource,
            plan.Relations.Select(relation => SqlName.Quote(relation.Schema, relation.Name)),
            Options.StatementTimeout,
            cancellationToken);
        try
        {
            if (snapshot.PublicationId != plan.Publication.Id)
            {
                await snapshot.DisposeAsync();
                return null;
            }

            var statement = QuerySql.Write(plan);
            await using var command = new NpgsqlCommand(statement.Text, snapshot.Connection) { AllResultTypesAreUnknown = true };
            foreach (var parameter in statement.Parameters)
            {
                command.Parameters.Add(new NpgsqlParameter { Value = parameter.Value, NpgsqlDbType = parameter.Type });
            }

            // The server's statement_timeout ends a query that takes too long; the client only waits.
            command.CommandTimeout = 0;
            return new QueryAnswer(plan, await command.ExecuteReaderAsync(cancellationToken), snapshot);
        }
        catch
        {
            await snapshot.DisposeAsync();
            throw;
        }
    }

    /// <summary>Without a limit one row more than the answer may have, to notice that it has more.</summary>
    private int RowLimit(MetricQuery query) => query.Limit ?? Options.DefaultRows + 1;
}
