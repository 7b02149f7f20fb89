using System.Buffers;
using Platform.Api.Metrics.Formats;
using Platform.Api.Metrics.Query;
using Platform.Metrics.Query;

namespace Platform.Api.Metrics.Answers;

/// <summary>Runs a request's query and writes its rows in the request's format.</summary>
internal sealed class AnswerReader(MetricQueries queries)
{
    private const int SendAt = 64 * 1024;

    /// <summary>The answer as a whole.</summary>
    /// <exception cref="QueryException">The query cannot be answered, or has more rows than it may have without a limit.</exception>
    /// <exception cref="CursorExpiredException">The page before is of another publication.</exception>
    public async Task<KeptAnswer> ReadAsync(AnswerRequest request, CancellationToken cancellationToken)
    {
        await using var answer = await queries.RunAsync(request.Parameters, request.Reader, query => Portion(request, query), cancellationToken);
        if (request.Page?.PublicationId is { } former && former != answer.Publication.Id)
        {
            throw new CursorExpiredException();
        }

        using var format = request.CreateFormat();
        var receipt = request.Receipt(answer.Publication);
        var buffer = new ArrayBufferWriter<byte>(4096);
        await format.BeginAsync(answer, receipt, buffer, cancellationToken);
        var whole = true;
        for (var rows = 0; await answer.ReadAsync(cancellationToken); rows++)
        {
            if (rows == request.Page?.Size)
            {
                whole = false;
                break;
            }

            // Without a limit nothing is sent before the answer is known to be whole, so it is never cut short in silence.
            if (request.Page is null && answer.Query.Limit is null && rows == queries.Options.DefaultRows)
            {
                throw new QueryException(new QueryFault(
                    "limit",
                    $"The answer has more than {queries.Options.DefaultRows} rows. Ask for so many with limit (at most {queries.Options.MaxRows}), in pages with " +
                    "page_size, or for fewer with start, end, where or a coarser grain."));
            }

            await format.RowAsync(answer, buffer, cancellationToken);
        }

        var next = whole || request.IsLastPage ? null : request.Page!.Next(answer.Publication.Id, request.Fingerprint);
        await format.EndAsync(answer, new AnswerEnd(receipt, request.Page is null ? null : new AnswerPage(next)), buffer, cancellationToken);
        return new KeptAnswer(
            buffer.WrittenSpan.ToArray(), new AnswerFacts(answer.Publication.Id, answer.Publication.PublishedAt, receipt, next));
    }

    /// <summary>The answer as it comes, in memory that does not depend on how much it is.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="begin">Gets what headers say before anything is sent; false when nothing is to be sent.</param>
    /// <param name="send">Sends bytes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task StreamAsync(
        AnswerRequest request, Func<AnswerFacts, bool> begin, Func<ReadOnlyMemory<byte>, Task> send, CancellationToken cancellationToken)
    {
        await using var answer = await queries.RunAsync(request.Parameters, request.Reader, query => query, cancellationToken);
        using var format = request.CreateFormat();
        var receipt = request.Receipt(answer.Publication);
        var buffer = new ArrayBufferWriter<byte>(SendAt + 4096);
        var begun = false;
        await format.BeginAsync(answer, receipt, buffer, cancellationToken);
        while (await answer.ReadAsync(cancellationToken))
        {
            await format.RowAsync(answer, buffer, cancellationToken);
            if (buffer.WrittenCount >= SendAt && !await SendAsync())
            {
                return;
            }
        }

        await format.EndAsync(answer, new AnswerEnd(receipt, null), buffer, cancellationToken);
        _ = await SendAsync();

        async Task<bool> SendAsync()
        {
            // As late as this: a query that fails at its first row is still answered with a problem.
            if (!begun && !begin(new AnswerFacts(answer.Publication.Id, answer.Publication.PublishedAt, receipt, null)))
            {
                return false;
            }

            begun = true;
            await send(buffer.WrittenMemory);
            buffer.ResetWrittenCount();
            return true;
        }
    }

    /// <summary>One row more than a page has shows whether there is another page.</summary>
    private static MetricQuery Portion(AnswerRequest request, MetricQuery query) => request.Page is { } page
        ? query with
        {
            Offset = page.Offset,
            Limit = (int)Math.Clamp((query.Limit ?? long.MaxValue) - page.Offset, 0, page.Size + 1),
        }
        : query;
}
