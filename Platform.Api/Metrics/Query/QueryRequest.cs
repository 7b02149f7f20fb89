using Platform.Metrics.Query;

namespace Platform.Api.Metrics.Query;

/// <summary>A request for an answer: the query, and in which form and portion the answer is wanted. Texts as they were sent.</summary>
internal sealed record QueryRequest(QueryParameters Query)
{
    public string? Format { get; init; }

    /// <summary>Whether texts in CSV are to be safe from being taken for formulas.</summary>
    public string? CsvSafe { get; init; }

    public string? PageSize { get; init; }

    public string? Cursor { get; init; }
}
