using System.Text;
using Platform.Worker.Contracts;
using Platform.Worker.Landing;

namespace Platform.Worker.Loading;

/// <summary>How the records of a file are written: as their contract says, or, in a Parquet file, exactly.</summary>
internal sealed record RecordForm
{
    public required FileForm File { get; init; }

    /// <summary>Of a file without byte order mark.</summary>
    public required Encoding Encoding { get; init; }

    /// <summary>
    /// Whether the file has types of its own, whose text is always the same: comma, decimal point, ISO 8601. Its records are counted, since it
    /// has no lines.
    /// </summary>
    public bool CountsRecords { get; init; }

    /// <summary>The form of a dataset's file of this name.</summary>
    public static RecordForm Of(DatasetContract contract, string name) => LandingPath.IsParquet(name)
        ? new RecordForm { File = FileForm.Default, Encoding = Encoding.UTF8, CountsRecords = true }
        : new RecordForm { File = contract.Form, Encoding = Utf8Stream.EncodingOf(contract.Form.Encoding) };

    /// <summary>The form of a line of such a file as the quarantine keeps it: UTF-8 whatever the file was.</summary>
    public static RecordForm OfKeptLine(DatasetContract contract, string file) => Of(contract, file) with { Encoding = Encoding.UTF8 };

    /// <summary>The contract as texts of this form keep it.</summary>
    public DatasetContract Read(DatasetContract contract) => CountsRecords
        ? contract with
        {
            Form = File,
            Columns = [.. contract.Columns.Select(column => column.Type switch
            {
                // A timestamp of Parquet says that it is UTC, or it is local.
                ColumnType.Timestamp => column with { Format = null, TimeZone = column.TimeZone ?? "UTC" },
                ColumnType.Date => column with { Format = null },
                _ => column,
            })],
        }
        : contract;
}
