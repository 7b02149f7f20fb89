using CsvHelper;

namespace Platform.Worker.Contracts.Drafting;

/// <summary>
/// Drafts a contract from a file: reads it once for the encoding, once for the columns and their values, and once or more for the key.
/// Memory does not grow with the file.
/// </summary>
internal static class ContractDrafter
{
    private const int MaxRecordBytes = 32 << 20;

    /// <summary>The text of a contract that accepts the file.</summary>
    /// <param name="path">A CSV file, plain or gzip.</param>
    /// <param name="domain">Its domain.</param>
    /// <param name="dataset">Its dataset; the file's name up to the first dot when null.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="DataFaultException">The file has no header, or cannot be read to its end.</exception>
    public static async Task<Draft> DraftAsync(string path, string domain, string? dataset, CancellationToken cancellationToken)
    {
        try
        {
            var source = await DraftSource.OpenAsync(path, cancellationToken);
            var profile = await ReadAsync(source, cancellationToken);
            var key = await KeyAsync(source, profile, cancellationToken);
            var name = DraftNames.Of(dataset ?? source.FileName.Split('.')[0]);
            return new Draft(name, DraftText.Of(source, profile, key, DraftNames.Of(domain), name));
        }
        catch (CsvFormatException error)
        {
            throw new DataFaultException($"{path}: cannot be read: {error.Message}", error);
        }
    }

    private static async Task<FileProfile> ReadAsync(DraftSource source, CancellationToken cancellationToken)
    {
        var malformed = 0L;
        await using var csv = Reader(source, () => malformed++);
        await csv.ReadHeaderAsync(cancellationToken);
        string[] header = [.. csv.Headers];
        if (header.Length == 0 || header.All(string.IsNullOrWhiteSpace))
        {
            throw new DataFaultException($"{source.FileName}: has no header; the first line names the columns.");
        }

        if (header.Index().FirstOrDefault(name => string.IsNullOrWhiteSpace(name.Item)) is { Item: not null } nameless)
        {
            throw new DataFaultException($"{source.FileName}:1: column {nameless.Index + 1} has no name in the header.");
        }

        if (header.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new DataFaultException($"{source.FileName}:1: the header has '{twice.Key}' more than once.");
        }

        var profile = new FileProfile([.. header.Select(name => new ColumnProfile(name))]);
        while (await csv.ReadAsync(cancellationToken))
        {
            if (csv.FieldCount != header.Length)
            {
                profile.RaggedRows++;
                continue;
            }

            profile.Rows++;
            for (var column = 0; column < header.Length; column++)
            {
                profile.Columns[column].Add(csv.GetSpan(column));
            }
        }

        profile.MalformedRows = malformed;
        return profile;
    }

    /// <summary>The smallest set of columns that tells all rows apart; all columns with values when none does.</summary>
    private static async Task<DraftKey> KeyAsync(DraftSource source, FileProfile profile, CancellationToken cancellationToken)
    {
        var eligible = profile.KeyColumns();
        for (var size = 1; size <= 3; size++)
        {
            var search = KeySearch.Of(eligible, profile.Columns.Count, size);
            await using var csv = Reader(source, () => { });
            await csv.ReadHeaderAsync(cancellationToken);
            while (await csv.ReadAsync(cancellationToken))
            {
                if (csv.FieldCount == profile.Columns.Count)
                {
                    search.Add(csv.GetSpan);
                }
            }

            if (search.Found.FirstOrDefault() is { } found)
            {
                return new DraftKey(found, search.IsGuess ? "the key is unique in the first rows; the file has more than were compared" : null);
            }
        }

        return new DraftKey(
            eligible.Count > 0 ? eligible : [0],
            "no three columns tell all rows apart: the key is all columns that always have a value, and of rows that are the same only the first is accepted");
    }

    private static CsvReader Reader(DraftSource source, Action onMalformed) => CsvReader.Create(source.OpenUtf8(), new CsvReaderOptions
    {
        Separator = source.Delimiter,
        HasHeader = true,
        MaxRecordSize = MaxRecordBytes,
        MalformedData = CsvMalformedDataHandling.Recover,
        OnMalformedRecord = _ => onMalformed(),
        IncludeValuesInExceptions = false,
    }, leaveOpen: false);
}

/// <summary>A drafted contract.</summary>
/// <param name="Dataset">Name of the dataset, and of the contract's file.</param>
/// <param name="Text">The contract, YAML.</param>
internal sealed record Draft(string Dataset, string Text);

/// <summary>The key of a draft.</summary>
/// <param name="Columns">Places of the columns, in key order.</param>
/// <param name="Remark">What is to be checked by hand; null when nothing is.</param>
internal sealed record DraftKey(IReadOnlyList<int> Columns, string? Remark);
