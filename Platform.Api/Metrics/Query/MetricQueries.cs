using System.Diagnostics;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Api.Metrics.Catalogue;
using Platform.Api.Metrics.Rollups;
using Platform.Api.Warehouse;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Plan;
using Platform.Metrics.Query;
using Platform.Metrics.Sql;

namespace Platform.Api.Metrics.Query;

/// <summary>Answers queries: plans against the kept catalogue, reads in a snapshot, and plans anew when that is of another publication.</summary>
internal sealed class MetricQueries(NpgsqlDataSource dataSource, CatalogueSource catalogues, AskedQueries asked, IOptions<QueryOptions> options)
{
    // Publications are minutes apart; one may come between planning and reading, hardly ever two.
    private const int Attempts = 20;

    public QueryOptions Options => options.Value;

    /// <summary>The plan and its SQL, from the current catalogue, without running it.</summary>
    /// <exception cref="QueryException">The query cannot be answered.</exception>
    public async Task<(QueryPlan Plan, SqlStatement Statement)> ExplainAsync(
        QueryParameters parameters, ReaderPolicy reader, CancellationToken cancellationToken)
    {
        var plan = Plan(Asked(parameters, reader), await catalogues.CurrentAsync(cancellationToken)).Plan;
        return (plan, PlanSql.Write(plan));
    }

    /// <summary>The query of a request as it is in the kept catalogue, which a saved query needs.</summary>
    /// <exception cref="QueryException">A parameter cannot be read, or there is no such saved query.</exception>
    public async Task<MetricQuery> ReadAsync(QueryParameters parameters, ReaderPolicy reader, CancellationToken cancellationToken)
    {
        var asked = Asked(parameters, reader);
        if (parameters.SavedQuery is null)
        {
            return asked(null!);
        }

        var kept = await catalogues.KeptAsync(cancellationToken);
        return asked(kept.SavedQueries.ContainsKey(parameters.SavedQuery.Trim()) ? kept : await catalogues.CurrentAsync(cancellationToken));
    }

    /// <summary>Answers a request; a saved query in it is the one of the publication that answers.</summary>
    /// <param name="parameters">What is asked.</param>
    /// <param name="reader">What the reader may see.</param>
    /// <param name="portion">The part of the answer's rows that is wanted.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="QueryException">The query cannot be answered.</exception>
    /// <exception cref="NotAllowedException">The reader may not see what is asked.</exception>
    /// <exception cref="NothingPublishedException">There is no publication yet.</exception>
    /// <exception cref="NpgsqlException">The database does not answer, or not in time.</exception>
    public Task<QueryAnswer> RunAsync(
        QueryParameters parameters, ReaderPolicy reader, Func<MetricQuery, MetricQuery> portion, CancellationToken cancellationToken)
    {
        var asked = Asked(parameters, reader);
        return RunAsync(catalogue => portion(asked(catalogue)), cancellationToken);
    }

    /// <exception cref="QueryException">The query cannot be answered.</exception>
    /// <exception cref="NothingPublishedException">There is no publication yet.</exception>
    /// <exception cref="NpgsqlException">The database does not answer, or not in time.</exception>
    public Task<QueryAnswer> RunAsync(MetricQuery query, CancellationToken cancellationToken) => RunAsync(_ => query, cancellationToken);

    private async Task<QueryAnswer> RunAsync(Func<MetricCatalogue, MetricQuery> read, CancellationToken cancellationToken)
    {
        var catalogue = await catalogues.KeptAsync(cancellationToken);
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            (var query, var plan, catalogue) = await PlanAsync(read, catalogue, cancellationToken);
            try
            {
                if (await TryReadAsync(query, plan, cancellationToken) is { } answer)
                {
                    return answer;
                }

                catalogue = await catalogues.CurrentAsync(cancellationToken);
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UndefinedTable)
            {
                // A relation that the current catalogue has and the database has not will not come by waiting.
                var current = await catalogues.CurrentAsync(cancellationToken);
                catalogue = current == catalogue ? throw new CatalogueException([$"{exception.MessageText}."]) : current;
            }
        }

        throw new TimeoutException("Another publication came at every attempt to read one.");
    }

    /// <summary>The plan and the catalogue it is from. What an old catalogue does not have, the current one may.</summary>
    private async Task<(MetricQuery Query, QueryPlan Plan, MetricCatalogue Catalogue)> PlanAsync(
        Func<MetricCatalogue, MetricQuery> read, MetricCatalogue catalogue, CancellationToken cancellationToken)
    {
        try
        {
            return Plan(read, catalogue);
        }
        catch (QueryException)
        {
            var current = await catalogues.CurrentAsync(cancellationToken);
            if (current == catalogue)
            {
                throw;
            }

            return Plan(read, current);
        }
    }

    private (MetricQuery Query, QueryPlan Plan, MetricCatalogue Catalogue) Plan(Func<MetricCatalogue, MetricQuery> read, MetricCatalogue catalogue)
    {
        var query = read(catalogue);
        return (query, QueryPlanner.Plan(query, catalogue, RowLimit(query)), catalogue);
    }

    /// <summary>What needs no catalogue is read, and refused, before there is one.</summary>
    private Func<MetricCatalogue, MetricQuery> Asked(QueryParameters parameters, ReaderPolicy reader)
    {
        if (parameters.SavedQuery is not null)
        {
            return catalogue => SavedQueryExpansion.Read(parameters, reader, catalogue, Options);
        }

        var query = QueryReader.Read(parameters, reader, Options);
        return _ => query;
    }

    /// <summary>The answer, or null when the plan is of another publication than the one that is current now.</summary>
    private async Task<QueryAnswer?> TryReadAsync(MetricQuery query, QueryPlan plan, CancellationToken cancellationToken)
    {
        var snapshot = await PublishedSnapshot.OpenAsync(
            dataSource,
            [.. plan.Relations.Select(relation => SqlName.Quote(relation.Schema, relation.Name))],
            Options.StatementTimeout,
            cancellationToken);
        try
        {
            if (snapshot.PublicationId != plan.Publication.Id)
            {
                await snapshot.DisposeAsync();
                return null;
            }

            var statement = PlanSql.Write(plan);
            await using var command = statement.Command(snapshot.Connection);
            command.AllResultTypesAreUnknown = true;
            var started = Stopwatch.GetTimestamp();
            var reader = await command.ExecuteReaderAsync(cancellationToken);
            asked.Enter(query, plan, Stopwatch.GetElapsedTime(started));
            return new QueryAnswer(query, plan.Publication, AnswerColumn.Of(plan), reader, snapshot);
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
