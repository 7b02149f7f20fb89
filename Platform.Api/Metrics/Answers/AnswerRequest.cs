using Platform.Api.Metrics.Formats;
using Platform.Api.Metrics.Query;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Query;

namespace Platform.Api.Metrics.Answers;

/// <summary>A request whose parameters were read.</summary>
internal sealed record AnswerRequest
{
    // Of the publication that was asked for last: a dashboard asks the same until the next publish.
    private volatile Names? names;

    public required QueryParameters Parameters { get; init; }

    public required ReaderPolicy Reader { get; init; }

    /// <summary>The query as it is before it is run; a saved query may be another then.</summary>
    public required MetricQuery Query { get; init; }

    public required AnswerFormat Format { get; init; }

    public required bool CsvSafe { get; init; }

    public required PageRequest? Page { get; init; }

    /// <summary>The query, in short.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The answer's name within a publication.</summary>
    public required string Identity { get; init; }

    /// <summary>The answer's name among those of all publications.</summary>
    public string KeyOf(long publication) => Named(publication).Key;

    /// <summary>A strong validator: publication, query, format, caller's policy and encoding, which together decide every byte.</summary>
    public string TagOf(long publication, string? encoding) =>
        encoding is null ? Named(publication).Tag : $"\"{publication}-{Identity}-{encoding}\"";

    /// <summary>Whether the limit ends with this page.</summary>
    public bool IsLastPage => Page is { } page && Query.Limit is { } limit && page.Offset + page.Size >= limit;

    /// <exception cref="QueryException">A parameter cannot be read.</exception>
    /// <exception cref="BadHttpRequestException">None of the accepted types is there.</exception>
    public static AnswerRequest Read(QueryRequest request, MetricQuery query, string? accept, QueryOptions options)
    {
        var format = AnswerFormat.Choose(request.Format, accept);
        var safe = ReadFlag("csv_safe", request.CsvSafe);
        var canonical = AnswerIdentity.Canonical(request.Query);
        var paged = !string.IsNullOrWhiteSpace(request.PageSize) || !string.IsNullOrWhiteSpace(request.Cursor);
        var fingerprint = paged ? AnswerIdentity.Fingerprint(canonical) : "";
        var page = PageRequest.Read(request, fingerprint, options);
        return new AnswerRequest
        {
            Parameters = request.Query,
            Reader = query.Reader,
            Query = query,
            Format = format,
            CsvSafe = safe,
            Page = page,
            Fingerprint = fingerprint,
            Identity = AnswerIdentity.Of(canonical, page is null ? $"{format.Name} {safe}" : $"{format.Name} {safe} {page.Offset} {page.Size}", query.Reader.Key),
        };
    }

    private Names Named(long publication) =>
        names is { } known && known.Publication == publication
            ? known
            : names = new Names(publication, $"{publication}.{Identity}", $"\"{publication}-{Identity}\"");

    public ResultFormat CreateFormat() => Format.Create(CsvSafe);

    public string Receipt(Publication publication) => new Receipt(publication.Id, Parameters).ToString();

    private static bool ReadFlag(string name, string? text) => text?.Trim().ToLowerInvariant() switch
    {
        null or "" or "false" or "0" => false,
        "true" or "1" => true,
        _ => throw new QueryException(new QueryFault(name, $"'{text}' is neither true nor false.")),
    };

    private sealed record Names(long Publication, string Key, string Tag);
}
