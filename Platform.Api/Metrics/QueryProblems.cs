using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Npgsql;
using Platform.Api.Metrics.Answers;
using Platform.Api.Metrics.Closings;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Query;

namespace Platform.Api.Metrics;

/// <summary>Faults as problem details (RFC 9457): what is wrong, where, what may have been meant, and whose turn it is.</summary>
internal sealed class QueryProblems(ILogger<QueryProblems> logger) : IExceptionHandler
{
    // A division by zero or an overflow is in the metric's definition; statement_timeout cancels.
    private const string DataExceptionClass = "22";

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (Describe(exception) is not { } details)
        {
            return false;
        }

        // Before the first publication there is nothing wrong that a log would have to tell.
        if (details.Status >= StatusCodes.Status500InternalServerError && exception is not NothingPublishedException)
        {
            QueryLog.Unanswered(logger, httpContext.Request.Path, exception);
        }

        if (details.Status == StatusCodes.Status503ServiceUnavailable)
        {
            httpContext.Response.Headers.RetryAfter = "5";
        }

        // Also to a reader that accepts other types only: a CSV client is better off with a reason that it did not ask for than with none.
        await TypedResults.Problem(details).ExecuteAsync(httpContext);
        return true;
    }

    private static ProblemDetails? Describe(Exception exception) => exception switch
    {
        QueryException query => Of(query),
        NotKeptException kept => NotKept(kept),
        NotAllowedException => Problem(StatusCodes.Status403Forbidden, "not-allowed", "Not allowed", exception.Message),
        BadHttpRequestException request => Problem(request.StatusCode, "bad-request", "The request cannot be read", request.Message),
        CursorExpiredException => Problem(StatusCodes.Status410Gone, "cursor-expired", "The page before is of another publication", exception.Message),
        NothingPublishedException => Problem(
            StatusCodes.Status503ServiceUnavailable, "nothing-published", "Nothing is published yet", exception.Message),
        CatalogueException => Problem(
            StatusCodes.Status503ServiceUnavailable, "catalogue-unreadable", "The published catalogue cannot be read", exception.Message),
        PostgresException { SqlState: PostgresErrorCodes.QueryCanceled } => Problem(
            StatusCodes.Status504GatewayTimeout,
            "query-timeout",
            "The query takes too long",
            "The database gave the query up after the time it may take (Query:StatementTimeout). Ask for a shorter time, a coarser grain or fewer columns."),
        PostgresException postgres when postgres.SqlState.StartsWith(DataExceptionClass, StringComparison.Ordinal) => Problem(
            StatusCodes.Status422UnprocessableEntity,
            "metric-not-computable",
            "A metric cannot be computed for these rows",
            $"{postgres.MessageText} ({postgres.SqlState}). The metric's definition does not allow for the data; its owner can change it."),
        NpgsqlException or TimeoutException => Problem(
            StatusCodes.Status503ServiceUnavailable,
            "warehouse-unavailable",
            "The warehouse does not answer",
            "The database cannot be reached or refuses the connection; nothing is wrong with the request. Try again in a few seconds; " +
            "/health shows when it is back."),
        _ => null,
    };

    private static ProblemDetails Of(QueryException exception)
    {
        var problem = Problem(StatusCodes.Status400BadRequest, "bad-query", "The query cannot be answered", exception.Message);
        var first = exception.Faults[0];
        problem.Extensions["parameter"] = first.Parameter;
        if (first.Position is { } position)
        {
            problem.Extensions["position"] = position;
        }

        if (first.DidYouMean is { Count: > 0 } near)
        {
            problem.Extensions["did_you_mean"] = near;
        }

        problem.Extensions["errors"] = exception.Faults;
        return problem;
    }

    private static ProblemDetails NotKept(NotKeptException exception)
    {
        var problem = Problem(exception.Status, "not-kept", "This is not kept as it was reported", exception.Message);
        problem.Extensions["kept"] = exception.Kept;
        return problem;
    }

    private static ProblemDetails Problem(int status, string type, string title, string detail) => new()
    {
        Type = $"urn:platform:problem:{type}",
        Title = title,
        Status = status,
        Detail = detail,
    };
}
