using System.Text;
using Platform.Worker.Contracts;

namespace Platform.Worker.Loading.Quarantine;

/// <summary>Reads one line again as the loader read it in its file.</summary>
internal static class QuarantinedLine
{
    /// <summary>A reader that stands at the line. Dispose of it.</summary>
    public static async Task<CsvRecords> OpenAsync(
        DatasetContract contract, IReadOnlyList<string> header, ReadOnlyMemory<byte> line, CancellationToken cancellationToken)
    {
        var file = (byte[])[.. Encoding.UTF8.GetBytes(CsvText.Line(header, ',')), (byte)'\n', .. line.Span];
        var records = await CsvRecords.OpenAsync(
            _ => Task.FromResult<Stream>(new MemoryStream(file, writable: false)),
            (what, _, cause) => new DataFaultException($"{contract.Domain}.{contract.Dataset}: {what}.", cause),
            cancellationToken);
        await records.ReadAsync(cancellationToken);
        return records;
    }

    /// <summary>The line's fields under its header; null when it has more or fewer, or cannot be split.</summary>
    public static async Task<string[]?> FieldsAsync(
        DatasetContract contract, IReadOnlyList<string> header, string line, CancellationToken cancellationToken)
    {
        await using var record = await OpenAsync(contract, header, Encoding.UTF8.GetBytes(line), cancellationToken);
        return record.Fault is null && record.FieldCount == header.Count
            ? [.. Enumerable.Range(0, header.Count).Select(index => Encoding.UTF8.GetString(record.Field(index)))]
            : null;
    }
}
