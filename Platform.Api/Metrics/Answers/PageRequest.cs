using System.Globalization;
using Platform.Api.Metrics.Query;
using Platform.Metrics.Query;

namespace Platform.Api.Metrics.Answers;

/// <summary>A page of an answer. A cursor holds its publication, so that pages of different publications are never put together.</summary>
/// <param name="Size">Rows of a page.</param>
/// <param name="Offset">Rows before it.</param>
/// <param name="PublicationId">The publication of the pages before; null for the first page.</param>
internal sealed record PageRequest(int Size, long Offset, long? PublicationId)
{
    /// <summary>The page that is asked for; null when the whole answer is.</summary>
    /// <exception cref="QueryException">The size or the cursor cannot be read.</exception>
    public static PageRequest? Read(QueryRequest request, string fingerprint, QueryOptions options)
    {
        int? size = null;
        if (!string.IsNullOrWhiteSpace(request.PageSize))
        {
            size = int.TryParse(request.PageSize.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var rows) && rows >= 1 && rows <= options.MaxPageRows
                ? rows
                : throw new QueryException(new QueryFault(
                    "page_size", $"'{request.PageSize}' is no size of a page; expected a whole number from 1 to {options.MaxPageRows}."));
        }

        if (string.IsNullOrWhiteSpace(request.Cursor))
        {
            return size is { } first ? new PageRequest(first, 0, null) : null;
        }

        var parts = request.Cursor.Trim().Split('.');
        if (parts.Length != 4
            || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var publication)
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            || !int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var former)
            || former < 1 || former > options.MaxPageRows)
        {
            throw new QueryException(new QueryFault("cursor", $"'{request.Cursor}' is no cursor; take next_cursor or X-Next-Cursor of the page before as a whole."));
        }

        return parts[3] == fingerprint
            ? new PageRequest(size ?? former, offset, publication)
            : throw new QueryException(new QueryFault("cursor", "The cursor is of another query; ask for the first page of this one without it."));
    }

    /// <summary>The cursor of the page after this one.</summary>
    public string Next(long publicationId, string fingerprint) =>
        string.Create(CultureInfo.InvariantCulture, $"{publicationId}.{Offset + Size}.{Size}.{fingerprint}");
}

/// <summary>The publication that a cursor leads on from is not the current one any more.</summary>
internal sealed class CursorExpiredException() : Exception(
    "The data was published anew since the page before, and pages of two publications do not fit together. Ask for the first page again, without cursor.");
