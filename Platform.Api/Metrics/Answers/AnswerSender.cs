using System.Collections.Concurrent;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Platform.Api.Access;
using Platform.Api.Metrics.Query;
using Platform.Metrics.Query;

namespace Platform.Api.Metrics.Answers;

/// <summary>
/// Answers a request: from what is kept of this publication, from a run that another request with the same question has begun, or from the
/// database; not at all when the reader has the answer already.
/// </summary>
internal sealed class AnswerSender(
    MetricQueries queries, AnswerReader reader, HybridCache cache, PublicationWatch publications, IResponseCompressionProvider compression, ReadAudit audit)
{
    // Long after its publication has gone; until then only size drives an answer out.
    private static readonly HybridCacheEntryOptions Keep = new()
    {
        Expiration = TimeSpan.FromDays(2),
        LocalCacheExpiration = TimeSpan.FromDays(2),
        Flags = HybridCacheEntryFlags.DisableDistributedCache,
    };

    private const int MostRead = 4_096;
    private const int LongestRead = 2_048;

    // What a text asks for is always the same, so a dashboard's addresses are read once.
    private readonly ConcurrentDictionary<(string Query, string Accept, string Policy), AnswerRequest> read = new();

    /// <summary>Answers the query in the address.</summary>
    /// <exception cref="QueryException">The query cannot be answered.</exception>
    /// <exception cref="NotAllowedException">The reader may not see what is asked.</exception>
    /// <exception cref="CursorExpiredException">The page before is of another publication.</exception>
    public async Task SendAsync(HttpContext context)
    {
        var reader = context.User.Policy();
        var key = (context.Request.QueryString.Value ?? "", context.Request.Headers.Accept.ToString(), reader.Key);
        if (!read.TryGetValue(key, out var request))
        {
            var sent = QueryRequestReader.Read(context.Request.Query);
            request = await ReadAsync(sent, reader, key.Item2, context.RequestAborted);

            // A saved query may be another in the next publication.
            if (sent.Query.SavedQuery is null && key.Item1.Length + key.Item2.Length <= LongestRead)
            {
                if (read.Count >= MostRead)
                {
                    read.Clear();
                }

                read[key] = request;
            }
        }

        await SendAsync(context, request);
    }

    /// <summary>Answers a query that was sent in another way.</summary>
    /// <exception cref="QueryException">The query cannot be answered.</exception>
    /// <exception cref="NotAllowedException">The reader may not see what is asked.</exception>
    /// <exception cref="CursorExpiredException">The page before is of another publication.</exception>
    public async Task SendAsync(HttpContext context, QueryRequest sent) =>
        await SendAsync(context, await ReadAsync(sent, context.User.Policy(), context.Request.Headers.Accept, context.RequestAborted));

    private async Task<AnswerRequest> ReadAsync(QueryRequest sent, ReaderPolicy reader, string? accept, CancellationToken cancellationToken) =>
        AnswerRequest.Read(sent, await queries.ReadAsync(sent.Query, reader, cancellationToken), accept, queries.Options);

    private async Task SendAsync(HttpContext context, AnswerRequest request)
    {
        var publication = await publications.CurrentAsync(context.RequestAborted);
        var encoding = Encoding(context);
        if (request.Page?.PublicationId is { } former && former != publication)
        {
            throw new CursorExpiredException();
        }

        if (HasAlready(context.Request, request.TagOf(publication, encoding)))
        {
            Describe(context.Response, request, request.TagOf(publication, encoding));
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        if (request.Page is null && request.Query.Limit > queries.Options.DefaultRows)
        {
            AnswerFacts? sentFacts = null;
            await reader.StreamAsync(
                request, facts => Begin(context, request, sentFacts = facts, encoding), bytes => context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask(), context.RequestAborted);
            await audit.EnterAsync(context.User, request.Query, sentFacts!, CancellationToken.None);
            return;
        }

        var answer = await cache.GetOrCreateAsync(
            request.KeyOf(publication),
            (reader, request),
            static (state, cancellationToken) => new ValueTask<KeptAnswer>(state.reader.ReadAsync(state.request, cancellationToken)),
            Keep,
            cancellationToken: context.RequestAborted);
        publications.Saw(answer.Facts.PublicationId);
        await audit.EnterAsync(context.User, request.Query, answer.Facts, context.RequestAborted);
        if (Begin(context, request, answer.Facts, encoding))
        {
            context.Response.ContentLength = answer.Body.Length;
            await context.Response.Body.WriteAsync(answer.Body, context.RequestAborted);
        }
    }

    /// <summary>Writes the headers; false when the reader has the answer already.</summary>
    private static bool Begin(HttpContext context, AnswerRequest request, AnswerFacts facts, string? encoding)
    {
        var response = context.Response;
        Describe(response, request, request.TagOf(facts.PublicationId, encoding));
        response.Headers.LastModified = facts.LastModified;
        if (StringValues.IsNullOrEmpty(context.Request.Headers.IfNoneMatch)
            && HeaderUtilities.TryParseDate(context.Request.Headers.IfModifiedSince.ToString(), out var since)
            && facts.PublishedAt.ToUnixTimeSeconds() <= since.ToUnixTimeSeconds())
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return false;
        }

        response.ContentType = request.Format.ContentType;
        response.Headers["X-Receipt"] = facts.Receipt;
        if (request.Format.MediaType != "application/json")
        {
            response.Headers.ContentDisposition = $"attachment; filename=\"{FileName(request)}.{request.Format.Name}\"";
        }

        if (facts.NextCursor is { } next)
        {
            response.Headers["X-Next-Cursor"] = next;
            if (HttpMethods.IsGet(context.Request.Method))
            {
                var others = context.Request.Query.Where(parameter => parameter.Key != "cursor");
                response.Headers.Link = $"<{context.Request.Path}{QueryString.Create(others).Add("cursor", next)}>; rel=\"next\"";
            }
        }

        return true;
    }

    /// <summary>A name of the catalogue, so of letters, digits and underscores only.</summary>
    private static string FileName(AnswerRequest request) =>
        request.Query.Metrics is [var first, ..] ? first : request.Query.GroupBy is [var column, ..] ? column.Path : "answer";

    private static void Describe(HttpResponse response, AnswerRequest request, string tag)
    {
        response.Headers.ETag = tag;

        // Whoever keeps it asks whether it is still so, and gives it to nobody else.
        response.Headers.CacheControl = "private, no-cache";
        response.Headers.Vary = "Accept, Accept-Encoding, Authorization, X-Api-Key";
    }

    private static bool HasAlready(HttpRequest request, string tag) =>
        request.Headers.IfNoneMatch is { Count: > 0 } known
        && EntityTagHeaderValue.TryParseList(known, out var tags)
        && tags.Any(other => other.Tag == tag);

    /// <summary>What the response will be compressed with, when it is.</summary>
    private string? Encoding(HttpContext context) =>
        context.Request.Headers.AcceptEncoding.Count > 0 && compression.CheckRequestAcceptsCompression(context)
            ? compression.GetCompressionProvider(context)?.EncodingName
            : null;
}
