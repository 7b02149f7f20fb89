using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;
using CsvHelper;

namespace Platform.Worker.Loading.Quarantine;

/// <summary>A row of an export that comes back.</summary>
/// <param name="Line">Line of the corrected file, from 1.</param>
/// <param name="Id">The quarantined row.</param>
/// <param name="Cells">Its fields by their name in the header, and the raw line.</param>
internal sealed record CorrectedRow(int Line, long Id, IReadOnlyDictionary<string, string> Cells);

/// <summary>Reads an export that was corrected, also as spreadsheets write it: with semicolons or tabs, without the quotes that were not needed.</summary>
internal static class CorrectedFile
{
    /// <param name="content">The whole file.</param>
    /// <param name="raw">Whether it is a raw export, whose cells were not escaped.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="QuarantineFaultException">It is no export.</exception>
    public static async IAsyncEnumerable<CorrectedRow> ReadAsync(
        ReadOnlyMemory<byte> content, bool raw, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!Utf8.IsValid(content.Span))
        {
            throw new QuarantineFaultException("The corrected file is not UTF-8; save it as 'CSV UTF-8'.");
        }

        await using var csv = CsvReader.Create(new MemoryStream(content.ToArray(), writable: false), new CsvReaderOptions
        {
            Separator = Separator(content.Span),
            HasHeader = true,
            TrackLineNumbers = true,
            MalformedData = CsvMalformedDataHandling.Recover,
            OnMalformedRecord = record => throw new QuarantineFaultException($"The corrected file's quotes are not in order ({record.Reason})."),
        }, leaveOpen: false);
        await csv.ReadHeaderAsync(cancellationToken);
        var header = csv.Headers.ToArray();
        if (!header.Contains(QuarantineExport.Id, StringComparer.Ordinal))
        {
            throw new QuarantineFaultException($"The corrected file has no column {QuarantineExport.Id}; correct a file that 'quarantine export' wrote.");
        }

        while (await csv.ReadAsync(cancellationToken))
        {
            var line = (int)csv.LineNumber;
            if (csv.FieldCount != header.Length)
            {
                throw new QuarantineFaultException($"Line {line} of the corrected file has {csv.FieldCount} cells; its header has {header.Length}.");
            }

            var cells = new Dictionary<string, string>(StringComparer.Ordinal);
            for (var index = 0; index < header.Length; index++)
            {
                var cell = Encoding.UTF8.GetString(csv.GetSpan(index));
                cells[header[index]] = raw ? cell : SpreadsheetCell.Unescape(cell);
            }

            yield return long.TryParse(cells[QuarantineExport.Id], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                ? new CorrectedRow(line, id, cells)
                : throw new QuarantineFaultException($"Line {line} of the corrected file: '{cells[QuarantineExport.Id]}' is no {QuarantineExport.Id}.");
        }
    }

    /// <summary>What stands behind the first name; spreadsheets write the separator of their country.</summary>
    private static char Separator(ReadOnlySpan<byte> content)
    {
        var end = content.IndexOfAny(",;\t\r\n"u8);
        return end < 0 || content[end] is (byte)'\r' or (byte)'\n' ? ',' : (char)content[end];
    }
}
