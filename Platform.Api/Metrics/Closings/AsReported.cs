using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Net.Http.Headers;
using Platform.Api.Access;
using Platform.Api.Metrics.Answers;
using Platform.Api.Metrics.Catalogue;
using Platform.Api.Metrics.Formats;
using Platform.Api.Metrics.Query;
using Platform.Metrics.Query;

namespace Platform.Api.Metrics.Closings;

/// <summary>Answers a saved query with what was reported of closed months.</summary>
internal sealed class AsReported(KeptResults kept, CatalogueSource catalogues, ReadAudit audit)
{
    private static readonly string[] Known = [.. AsOf.Parameters, "start", "end", "format", "csv_safe"];

    public static bool IsAsked(IQueryCollection query) => AsOf.Parameters.Any(query.ContainsKey);

    /// <exception cref="QueryException">A parameter cannot be read, or cannot be combined with asOf.</exception>
    /// <exception cref="NotKeptException">Nothing was kept that was reported then.</exception>
    /// <exception cref="NotAllowedException">The reader may not read it.</exception>
    public async Task SendAsync(HttpContext context, string savedQuery)
    {
        var (query, cancellationToken) = (context.Request.Query, context.RequestAborted);
        if (query.Keys.FirstOrDefault(key => !Known.Contains(key)) is { } other)
        {
            throw new QueryException(new QueryFault(
                other, $"'{other}' cannot be combined with asOf: what was reported is kept whole. Known are {string.Join(", ", Known)}.", DidYouMean: NearMatches.Of(other, Known)));
        }

        var parameter = AsOf.Parameters.First(query.ContainsKey);
        var asOf = AsOf.Read(parameter, query[parameter]);
        var (start, end) = (Month(query, "start", last: false), Month(query, "end", last: true));
        var format = AnswerFormat.Choose(query["format"], context.Request.Headers.Accept);
        var all = await kept.ListAsync(savedQuery, cancellationToken);
        var catalogue = await catalogues.CurrentAsync(cancellationToken);
        var reader = context.User.Policy();
        if (all.IsEmpty)
        {
            throw new NotKeptException(StatusCodes.Status404NotFound, $"Nothing of the saved query '{savedQuery}' is kept: no month was closed that has it. /api/v1/periods lists closed months.", []);
        }

        all[0].Allow(reader, catalogue);
        var results = Choose(all, asOf, start, end);
        foreach (var result in results)
        {
            result.Allow(reader, catalogue);
        }

        await WriteAsync(context, format, query["csv_safe"].ToString().Trim() is "true" or "1", results, reader);
    }

    /// <summary>The results of each month, of one publication.</summary>
    private static ImmutableArray<KeptResult> Choose(ImmutableArray<KeptResult> all, AsOf asOf, DateOnly? start, DateOnly? end)
    {
        var results = all.Where(result => asOf.Fits(result.Closing) && (start is null || result.Closing.Month >= start) && (end is null || result.Closing.Month <= end))
            .GroupBy(result => result.Closing.Month).Select(month => month.Last()).ToImmutableArray();
        var wanted = asOf.PublicationId is { } id ? $"publication {id}" : $"{asOf.Time:u}";
        if (results.IsEmpty)
        {
            throw new NotKeptException(
                StatusCodes.Status404NotFound,
                $"Nothing is kept as of {wanted}{(start is null && end is null ? "" : " for these months")}: results are kept of months that are closed, from their closing on.",
                all);
        }

        if (start is { } first && end is { } last)
        {
            for (var month = first; month <= last; month = month.AddMonths(1))
            {
                if (results.All(result => result.Closing.Month != month))
                {
                    throw new NotKeptException(StatusCodes.Status404NotFound, $"{month:yyyy-MM} is not kept as of {wanted}.", all);
                }
            }
        }

        return results.Select(result => result.Closing.PublicationId).Distinct().Count() == 1
            ? results
            : throw new NotKeptException(
                StatusCodes.Status400BadRequest,
                $"The months kept as of {wanted} were reported by several publications, and an answer is of one: ask for a month with start and end, or for a publication.",
                results);
    }

    private async Task WriteAsync(HttpContext context, AnswerFormat chosen, bool safe, ImmutableArray<KeptResult> results, ReaderPolicy reader)
    {
        var (response, cancellationToken, first) = (context.Response, context.RequestAborted, results[0]);
        var receipt = results is [var only] ? only.Receipt : new Receipt(
            first.Closing.PublicationId, new QueryParameters { SavedQuery = first.SavedQuery, Start = first.Closing.Name, End = results[^1].Closing.Name }).ToString();
        var facts = new AnswerFacts(first.Closing.PublicationId, first.Closing.PublishedAt, receipt, null);
        await using var answer = await kept.ReadAsync(results, reader, cancellationToken);
        using var format = chosen.Create(safe);
        var buffer = new ArrayBufferWriter<byte>(4096);
        await format.BeginAsync(answer, receipt, buffer, cancellationToken);
        while (await answer.ReadAsync(cancellationToken))
        {
            await format.RowAsync(answer, buffer, cancellationToken);
        }

        await format.EndAsync(answer, new AnswerEnd(receipt, null), buffer, cancellationToken);
        await audit.EnterAsync(context.User, first.Metrics, facts, cancellationToken);
        response.ContentType = chosen.ContentType;
        response.ContentLength = buffer.WrittenCount;
        response.Headers.LastModified = HeaderUtilities.FormatDate(first.Closing.PublishedAt);
        response.Headers.CacheControl = "private, no-cache";
        response.Headers["X-Receipt"] = receipt;
        response.Headers["X-As-Reported"] = string.Join(',', results.Select(result => result.Closing.Name));
        if (chosen.MediaType != "application/json")
        {
            response.Headers.ContentDisposition = $"attachment; filename=\"{first.SavedQuery}.{chosen.Name}\"";
        }

        await response.Body.WriteAsync(buffer.WrittenMemory, cancellationToken);
    }

    /// <summary>The month that begins or ends with the day.</summary>
    private static DateOnly? Month(IQueryCollection query, string parameter, bool last)
    {
        var text = query[parameter].ToString().Trim();
        if (text.Length == 0)
        {
            return null;
        }

        if (DateOnly.TryParseExact(text, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month))
        {
            return month;
        }

        return DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            && day.Day == (last ? DateTime.DaysInMonth(day.Year, day.Month) : 1)
                ? new DateOnly(day.Year, day.Month, 1)
                : throw new QueryException(new QueryFault(parameter, $"'{text}' is no month; with asOf, whole months are answered: expected e.g. 2026-01."));
    }
}
