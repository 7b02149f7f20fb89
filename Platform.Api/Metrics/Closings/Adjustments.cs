using System.Collections.Immutable;
using System.Globalization;
using Platform.Api.Metrics.Catalogue;
using Platform.Api.Metrics.Query;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Query;

namespace Platform.Api.Metrics.Closings;

/// <summary>Compares what was reported of a closed month with what the current publication says of it, row by row.</summary>
internal sealed class Adjustments(KeptResults kept, MetricQueries queries, CatalogueSource catalogues)
{
    /// <exception cref="NotKeptException">The month is not closed, or of a saved query that was another then.</exception>
    /// <exception cref="NotAllowedException">The reader may not read it.</exception>
    /// <exception cref="QueryException">The saved query cannot be answered any more.</exception>
    public async Task<(KeptResult Reported, AdjustmentReport Report)> ReadAsync(
        DateOnly month, string savedQuery, ReaderPolicy reader, CancellationToken cancellationToken)
    {
        var all = await kept.ListAsync(savedQuery, cancellationToken);
        var catalogue = await catalogues.CurrentAsync(cancellationToken);
        var reported = all.LastOrDefault(result => result.Closing.Month == month && result.Closing.ReopenedAt is null) ?? throw new NotKeptException(
            StatusCodes.Status404NotFound,
            $"{month:yyyy-MM} is not closed, or without the saved query '{savedQuery}'; /api/v1/periods lists what is kept.",
            all.Where(result => result.MayRead(reader, catalogue)));
        reported.Allow(reader, catalogue);
        var before = await RowsAsync(await kept.ReadAsync([reported], reader, cancellationToken), cancellationToken);
        var parameters = new QueryParameters
        {
            SavedQuery = savedQuery,
            Start = reported.Closing.Name,
            End = reported.Closing.Name,
            Limit = catalogue.SavedQueries.GetValueOrDefault(savedQuery)?.Limit is null ? queries.Options.MaxRows.ToString(CultureInfo.InvariantCulture) : null,
        };
        var answer = await queries.RunAsync(parameters, reader, query => query, cancellationToken);
        var (publication, columns) = (answer.Publication, answer.Columns);
        var after = await RowsAsync(answer, cancellationToken);
        if (!columns.Select(column => column.Name).SequenceEqual(reported.Columns.Select(column => column.Name)))
        {
            throw new NotKeptException(
                StatusCodes.Status409Conflict,
                $"The saved query '{savedQuery}' has the columns {Names(columns)} now and had {Names(reported.Columns)} when {month:yyyy-MM} was closed; rows of the two cannot be compared. " +
                "Both can be asked for, with asOf and without.",
                [reported]);
        }

        var adjustments = Compare(columns, [.. reported.Metrics], before, after);
        return (reported, new AdjustmentReport(
            reported.Closing.Name,
            savedQuery,
            new ReportedBy(reported.Closing.PublicationId, reported.Closing.PublishedAt, reported.Receipt),
            new ReportedBy(publication.Id, publication.PublishedAt, new Receipt(publication.Id, parameters).ToString()),
            reported.Closing.ClosedAt,
            before.Count,
            after.Count,
            adjustments));
    }

    private static ImmutableArray<Adjustment> Compare(
        ImmutableArray<AnswerColumn> columns, HashSet<string> metrics, List<string?[]> before, List<string?[]> after)
    {
        int[] keys = [.. Enumerable.Range(0, columns.Length).Where(at => !metrics.Contains(columns[at].Name))];
        int[] values = [.. Enumerable.Range(0, columns.Length).Except(keys)];
        var former = before.ToDictionary(Key);
        var adjustments = ImmutableArray.CreateBuilder<Adjustment>();
        foreach (var row in after)
        {
            former.Remove(Key(row), out var old);
            Add(old is null ? "added" : "changed", row, old, row);
        }

        foreach (var row in before.Where(row => former.ContainsKey(Key(row))))
        {
            Add("removed", row, row, null);
        }

        return adjustments.ToImmutable();

        void Add(string kind, string?[] key, string?[]? old, string?[]? now)
        {
            foreach (var at in values)
            {
                var (reported, restated) = (Value(columns[at].Type, old?[at]), Value(columns[at].Type, now?[at]));
                if (!Equals(reported, restated))
                {
                    adjustments.Add(new Adjustment(
                        kind, keys.ToDictionary(column => columns[column].Name, column => key[column]), columns[at].Name, columns[at].Unit, reported, restated,
                        Difference(reported, restated)));
                }
            }
        }

        string Key(string?[] row) => string.Join('\0', keys.Select(at => row[at] is { } value ? $"={value}" : ""));
    }

    /// <summary>A number as such, so that 1.0 and 1.00 are the same; anything else, and what no decimal can hold, as its text.</summary>
    private static object? Value(DataType type, string? text) =>
        text is not null && type.IsNumber() && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : text;

    /// <summary>What is to be added to the reported number; a row that is not there counts as nothing. Null for what is no number.</summary>
    private static decimal? Difference(object? reported, object? restated) => (reported, restated) switch
    {
        (decimal before, decimal now) => now - before,
        (null, decimal now) => now,
        (decimal before, null) => -before,
        _ => null,
    };

    private static async Task<List<string?[]>> RowsAsync(QueryAnswer answer, CancellationToken cancellationToken)
    {
        await using (answer)
        {
            var rows = new List<string?[]>();
            while (await answer.ReadAsync(cancellationToken))
            {
                rows.Add([.. answer.Columns.Select((column, at) => Text(column.Type, answer.Value(at)))]);
            }

            return rows;
        }
    }

    /// <summary>Kept times have a zone, which is UTC.</summary>
    private static string? Text(DataType type, string? value) => type is DataType.Timestamp or DataType.TimestampTz && value is not null ? value.Replace("+00", "", StringComparison.Ordinal) : value;

    private static string Names(IEnumerable<AnswerColumn> columns) => string.Join(", ", columns.Select(column => column.Name));
}

/// <summary>Corrections of a closed month since it was reported.</summary>
/// <param name="Reported">The publication whose numbers were kept.</param>
/// <param name="Restated">The current one, and when it was published: the date of these adjustments.</param>
internal sealed record AdjustmentReport(
    string Period, string SavedQuery, ReportedBy Reported, ReportedBy Restated, DateTimeOffset ClosedAt, int RowsReported, int RowsRestated, ImmutableArray<Adjustment> Adjustments);

internal sealed record ReportedBy(long PublicationId, DateTimeOffset PublishedAt, string Receipt);

/// <summary>A number that is another than was reported.</summary>
/// <param name="Kind">changed, added (the row was not there) or removed (it is not there any more).</param>
/// <param name="Key">The row's group-by columns.</param>
/// <param name="Difference">Restated less reported.</param>
internal sealed record Adjustment(
    string Kind, IReadOnlyDictionary<string, string?> Key, string Metric, string? Unit, object? Reported, object? Restated, decimal? Difference);
