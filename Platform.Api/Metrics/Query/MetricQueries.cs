using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Api.Metrics.Catalogue;
using Platform.Api.Metrics.Plan;
using Platform.Api.Metrics.Sql;
using Platform.Api.Warehouse;

namespace Platform.Api.Metrics.Query;

/// <summary>Answers queries: plans against the kept catalogue, reads in a snapshot, and plans anew when that is of another publication.</summary>
internal sealed class MetricQueries(NpgsqlDataSource dataSource, CatalogueSource catalogues, IOptions<QueryOptions> options)
{
    // Publications are minutes apart; one may come between planning and reading, hardly ever two.
    private const int Attempts = 5;

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
        var catalogue = await catalogues.KeptAsync(cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            QueryPlan plan;
            try
            {
                plan = QueryPlanner.Plan(query, catalogue, RowLimit(query));
            }
            catch (QueryException) when (attempt == 1)
            {
                // What an old catalogue does not have, the current one may.
                var current = await catalogues.CurrentAsync(cancellationToken);
                if (current == catalogue)
                {
                    throw;
                }

                catalogue = current;
                continue;
            }

            if (await TryReadAsync(plan, attempt == Attempts, cancellationToken) is { } answer)
            {
                return answer;
            }

            catalogue = await catalogues.CurrentAsync(cancellationToken);
        }
    }

    /// <summary>The answer, or null when the plan is of another publication than the one that is current now.</summary>
    private async Task<QueryAnswer?> TryReadAsync(QueryPlan plan, bool isLast, CancellationToken cancellationToken)
    {
        PublishedSnapshot snapshot;
        try
        {
            snapshot = await PublishedSnapshot.OpenAsync(
                dataSource,
                plan.Relations.Select(relation => SqlName.Quote(relation.Schema, relation.Name)),
                Options.StatementTimeout,
                cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UndefinedTable && !isLast)
        {
            return null;
        }

        try
        {
            if (snapshot.PublicationId != plan.Publication.Id)
            {
                await snapshot.DisposeAsync();
                return isLast
                    ? throw new TimeoutException("The publication changed at every attempt to read it; try again.")
                    : null;
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
