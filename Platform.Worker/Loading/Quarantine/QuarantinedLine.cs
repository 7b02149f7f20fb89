using System.Text;
using Platform.Worker.Contracts;

namespace Platform.Worker.Loading.Quarantine;

/// <summary>Reads one line again as the loader read it in its file.</summary>
internal static class QuarantinedLine
{
    /// <summary>A reader that stands at the line. Dispose of it.</summary>
    public static async Task<CsvRecords> OpenAsync(
        DatasetContract contract, RecordForm form, IReadOnlyList<string> header, ReadOnlyMemory<byte> line, CancellationToken cancellationToken)
    {
        var file = (byte[])[.. Encoding.UTF8.GetBytes(CsvText.Line(header, form.File.Delimiter)), (byte)'\n', .. line.Span];
        var records = await CsvRecords.OpenAsync(
            _ => Task.FromResult<Stream>(new MemoryStream(file, writable: false)),
            form,
            (what, _, cause) => new DataFaultException($"{contract.Domain}.{contract.Dataset}: {what}.", cause),
            cancellationToken);
        await records.ReadAsync(cancellationToken);
        return records;
    }

    /// <summary>Fields as a line of such a file.</summary>
    public static byte[] Bytes(RecordForm form, IEnumerable<string> fields) => Encoding.UTF8.GetBytes(CsvText.Line(fields, form.File.Delimiter));

    /// <summary>The line's fields under its header; null when it has more or fewer, or cannot be split.</summary>
    public static async Task<string[]?> FieldsAsync(
        DatasetContract contract, string file, IReadOnlyList<string> header, string line, CancellationToken cancellationToken)
    {
        await using var record = await OpenAsync(
            contract, RecordForm.OfKeptLine(contract, file), header, Encoding.UTF8.GetBytes(line), cancellationToken);
        return record.Fault is null && record.FieldCount == header.Count
            ? [.. Enumerable.Range(0, header.Count).Select(index => Encoding.UTF8.GetString(record.Field(index)))]
            : null;
    }
}
