using Microsoft.Net.Http.Headers;
using Platform.Metrics.Query;

namespace Platform.Api.Metrics.Formats;

/// <summary>A format that can be asked for, by name or by media type.</summary>
/// <param name="Name">Its name in <c>format=</c>.</param>
/// <param name="MediaType">Its media type in <c>Accept</c>.</param>
/// <param name="ContentType">What the answer says it is.</param>
/// <param name="Create">Writes one answer; the argument asks for texts that no spreadsheet takes for formulas.</param>
internal sealed record AnswerFormat(string Name, string MediaType, string ContentType, Func<bool, ResultFormat> Create)
{
    public static readonly AnswerFormat Json = new("json", "application/json", "application/json; charset=utf-8", _ => new JsonFormat());

    /// <summary>Of several with one media type, Accept takes the first.</summary>
    public static readonly IReadOnlyList<AnswerFormat> All =
    [
        Json,
        new("records", "application/json", "application/json; charset=utf-8", _ => new RecordsFormat()),
        new("csv", "text/csv", "text/csv; charset=utf-8; header=present", safe => new CsvFormat(safe)),
        new("arrow", "application/vnd.apache.arrow.stream", "application/vnd.apache.arrow.stream", _ => new ArrowFormat()),
        new("parquet", "application/vnd.apache.parquet", "application/vnd.apache.parquet", _ => new ParquetFormat()),
    ];

    private static readonly string[] Names = [.. All.Select(format => format.Name)];

    /// <summary>The format of that name, or the one that the Accept header prefers; JSON when it names none.</summary>
    /// <exception cref="QueryException">There is no such format.</exception>
    /// <exception cref="BadHttpRequestException">None of the accepted types is there (406).</exception>
    public static AnswerFormat Choose(string? name, string? accept)
    {
        if (!string.IsNullOrWhiteSpace(name))
        {
            return All.FirstOrDefault(format => format.Name.Equals(name.Trim(), StringComparison.OrdinalIgnoreCase)) ?? throw new QueryException(new QueryFault(
                "format", $"'{name}' is no format; known are {string.Join(", ", Names)}.", DidYouMean: NearMatches.Of(name, Names)));
        }

        if (string.IsNullOrWhiteSpace(accept) || accept == "*/*" || !MediaTypeHeaderValue.TryParseList([accept], out var types))
        {
            return Json;
        }

        // The most wanted first; of equally wanted ones the more specific, then in the header's order.
        foreach (var type in types.Where(type => type.Quality is null or > 0)
            .OrderByDescending(type => type.Quality ?? 1).ThenBy(type => type.MatchesAllTypes ? 2 : type.MatchesAllSubTypes ? 1 : 0))
        {
            if (All.FirstOrDefault(format => new MediaTypeHeaderValue(format.MediaType).IsSubsetOf(WithoutParameters(type))) is { } format)
            {
                return format;
            }
        }

        throw new BadHttpRequestException(
            $"None of the types in Accept is offered; offered are {string.Join(", ", All.Select(format => format.MediaType).Distinct())}. " +
            "Or name a format with format=.",
            StatusCodes.Status406NotAcceptable);
    }

    private static MediaTypeHeaderValue WithoutParameters(MediaTypeHeaderValue type) => new(type.MediaType);
}
