using Platform.Worker.Contracts;
using Platform.Worker.Landing;
using Platform.Worker.Loading.ParquetFiles;

namespace Platform.Worker.Loading;

/// <summary>Reads the files that a partition has of one dataset, each in its form, and says what is wrong with one by its path.</summary>
internal sealed class DatasetFiles(PartitionReader landing, Manifest manifest, DatasetContract contract)
{
    private readonly Dictionary<string, string> _read = new(StringComparer.Ordinal);

    public string PathOf(ManifestFile file) => $"{LandingPath.For(contract.Domain, manifest.Partition)}/{file.Name}";

    public Task<CsvRecords> OpenAsync(ManifestFile file, CancellationToken cancellationToken) => CsvRecords.OpenAsync(
        token => OpenTextAsync(file, token), RecordForm.Of(contract, file.Name), (what, line, cause) => Fault(file, what, line, cause), cancellationToken);

    /// <summary>SHA-256 of the bytes of a file that has been read to its end.</summary>
    public string Sha256Of(ManifestFile file) => _read[file.Name];

    /// <summary>Opens a file together with the check of its rows.</summary>
    public async Task<(CsvRecords Records, RowCheck Check)> OpenCheckedAsync(
        ManifestFile file, long loadId, int lineOffset, CancellationToken cancellationToken)
    {
        var records = await OpenAsync(file, cancellationToken);
        try
        {
            var check = RowCheck.Bind(
                contract, records.Form, records.Header, manifest.Partition, loadId, lineOffset, (what, line, cause) => Fault(file, what, line, cause));
            return (records, check);
        }
        catch
        {
            await records.DisposeAsync();
            throw;
        }
    }

    public PartitionFaultException Fault(ManifestFile file, string what, long? line = null, Exception? cause = null) => Fault(
        $"{PathOf(file)}{(line is null ? "" : $":{line}")}: {what}. The file was not loaded; land a corrected one.", line, cause);

    public PartitionFaultException Fault(string message, long? line = null, Exception? cause = null) => new(message, cause)
    {
        Domain = contract.Domain,
        Dataset = contract.Dataset,
        Partition = manifest.Partition,
        Line = line,
    };

    private async Task<Stream> OpenTextAsync(ManifestFile file, CancellationToken cancellationToken)
    {
        var content = await landing.OpenAsync(manifest, file, sha256 => _read[file.Name] = sha256, cancellationToken);
        return LandingPath.IsParquet(file.Name)
            ? await ParquetText.OpenAsync(content, (what, line, cause) => Fault(file, what, line, cause), cancellationToken)
            : content;
    }
}
