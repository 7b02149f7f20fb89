using System.Globalization;
using System.Text;
using Platform.Worker.Contracts;

namespace Platform.Worker.Loading.Quarantine;

/// <summary>
/// Quarantined rows of one dataset as CSV (RFC 4180, UTF-8): who they are and why they were refused, then their fields, then the line as it came. What is
/// corrected in it, <see cref="QuarantineFix"/> takes back.
/// </summary>
internal sealed class QuarantineExport(QuarantineReader reader, ContractCatalog contracts)
{
    public const string Id = "_quarantine_id";
    public const string RawLine = "_raw_line";

    private static readonly string[] Reasons = [Id, "_state", "_date", "_file", "_line", "_rule", "_column", "_reason"];

    /// <param name="filter">Which rows; they are of one dataset.</param>
    /// <param name="raw">
    /// Whether cells stay as they are. Otherwise what a spreadsheet would take for a formula is escaped (<see cref="SpreadsheetCell"/>), and the byte order
    /// mark that spreadsheets need to read UTF-8 is written.
    /// </param>
    /// <param name="target">Where to write.</param>
    /// <param name="cancellationToken">Stops writing.</param>
    /// <returns>How many rows were written.</returns>
    /// <exception cref="QuarantineFaultException">There are no such rows, or they are of several datasets.</exception>
    public async Task<long> WriteAsync(QuarantineFilter filter, bool raw, Stream target, CancellationToken cancellationToken)
    {
        var headers = await RequireOneDatasetAsync(filter, cancellationToken);
        var contract = contracts.Find(headers[0].Domain, headers[0].Dataset);
        var columns = Columns(contract, headers.Select(item => item.Header));
        await using var writer = new StreamWriter(target, new UTF8Encoding(encoderShouldEmitUTF8Identifier: !raw), 64 << 10, leaveOpen: true) { NewLine = "\r\n" };
        await writer.WriteLineAsync(CsvText.Line([.. Reasons, .. columns, RawLine], ',').AsMemory(), cancellationToken);
        var rows = 0L;
        await foreach (var row in reader.RowsAsync(filter, limit: null, cancellationToken))
        {
            var fields = await FieldsAsync(contract, row, cancellationToken) ?? [];
            var values = row.Header.Zip(fields).ToDictionary(item => item.First, item => item.Second, StringComparer.Ordinal);
            string[] cells =
            [
                row.Id.ToString(CultureInfo.InvariantCulture), row.State, row.Partition.ToString("O", CultureInfo.InvariantCulture), row.File,
                row.Line.ToString(CultureInfo.InvariantCulture), row.Rule, row.Column ?? "", row.Reason,
                .. columns.Select(column => values.GetValueOrDefault(column, "")), row.RawLine,
            ];
            await writer.WriteLineAsync(CsvText.Line(raw ? cells : cells.Select(SpreadsheetCell.Escape), ',').AsMemory(), cancellationToken);
            rows++;
        }

        return rows;
    }

    /// <summary>The headers of the rows' files.</summary>
    /// <exception cref="QuarantineFaultException">There are no such rows, or they are of several datasets.</exception>
    public async Task<List<(string Domain, string Dataset, string[] Header)>> RequireOneDatasetAsync(
        QuarantineFilter filter, CancellationToken cancellationToken)
    {
        var headers = await reader.HeadersAsync(filter, cancellationToken);
        var datasets = headers.Select(item => $"{item.Domain}.{item.Dataset}").Distinct().Order(StringComparer.Ordinal).ToList();
        return datasets.Count switch
        {
            0 => throw new QuarantineFaultException(
                $"No quarantined row is meant by {(filter.ToString() is { Length: > 0 } said ? said : "this")}; 'quarantine list' shows what there is."),
            1 => headers,
            _ => throw new QuarantineFaultException(
                $"One export holds one dataset, since its columns are those of the file; choose one of {string.Join(", ", datasets)}."),
        };
    }

    /// <summary>The row's fields as they are now: corrected if they were; null when its line cannot be split.</summary>
    public static async Task<IReadOnlyList<string>?> FieldsAsync(DatasetContract? contract, QuarantinedRow row, CancellationToken cancellationToken)
    {
        if (row.Correction is { Fields.Count: > 0 } correction)
        {
            return correction.Under(row.Header);
        }

        return contract is null || row.Header.Count == 0
            ? null
            : await QuarantinedLine.FieldsAsync(contract, row.File, row.Header, row.RawLine, cancellationToken);
    }

    /// <summary>The contract's columns as files name them, then what else the headers have.</summary>
    private static List<string> Columns(DatasetContract? contract, IEnumerable<string[]> headers)
    {
        var found = headers.SelectMany(header => header).Distinct(StringComparer.Ordinal).ToList();
        var known = contract?.Columns.Select(column => column.HeaderName ?? column.Name).Where(found.Contains).ToList() ?? [];
        return [.. known, .. found.Except(known, StringComparer.Ordinal)];
    }
}
