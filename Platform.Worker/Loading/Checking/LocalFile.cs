using Platform.Worker.Contracts;
using Platform.Worker.Landing;
using Platform.Worker.Loading.ParquetFiles;

namespace Platform.Worker.Loading.Checking;

/// <summary>A data file on disk, read as a landed one is.</summary>
internal sealed class LocalFile
{
    private readonly LandingOptions _options;

    /// <param name="path">As it is shown in messages.</param>
    /// <param name="options">How much compressed files may grow.</param>
    /// <exception cref="ConfigurationFaultException">There is no such file.</exception>
    public LocalFile(string path, LandingOptions options)
    {
        if (!File.Exists(path))
        {
            throw new ConfigurationFaultException($"{path}: there is no such file.");
        }

        Path = path;
        _options = options;
        Bytes = new FileInfo(path).Length;
    }

    public string Path { get; }

    public string Name => System.IO.Path.GetFileName(Path);

    public long Bytes { get; }

    /// <summary>The data date of which the file's folder is named (<c>yyyyMMdd</c>), as folders of the landing zone are; null for another name.</summary>
    public DateOnly? DateOfFolder => DateOnly.TryParseExact(
        System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))), "yyyyMMdd", out var date) ? date : null;

    /// <summary>Opens the file together with the check of its rows.</summary>
    /// <exception cref="DataFaultException">The file cannot be read, or its header is not the contract's.</exception>
    public async Task<(CsvRecords Records, RowCheck Check)> OpenAsync(DatasetContract contract, DateOnly date, CancellationToken cancellationToken)
    {
        var records = await CsvRecords.OpenAsync(OpenTextAsync, RecordForm.Of(contract, Name), Fault, cancellationToken);
        try
        {
            if (UndeclaredColumns.Fault(contract, records.Header) is { } fault)
            {
                throw Fault(fault, 1, null);
            }

            contract = UndeclaredColumns.Include(contract, records.Header);
            return (records, RowCheck.Bind(contract, records.Form, records.Header, date, loadId: 0, lineOffset: 0, Fault));
        }
        catch
        {
            await records.DisposeAsync();
            throw;
        }
    }

    private async Task<Stream> OpenTextAsync(CancellationToken cancellationToken)
    {
        Stream content = new FileStream(
            Path, FileMode.Open, FileAccess.Read, FileShare.Read, 64 << 10, FileOptions.SequentialScan | FileOptions.Asynchronous);
        return LandingPath.IsParquet(Name) ? await ParquetText.OpenAsync(content, Fault, cancellationToken)
            : LandingPath.IsGzip(Name) ? new GunzipStream(content, Path, _options) : content;
    }

    private DataFaultException Fault(string what, long? line, Exception? cause) => new($"{Path}{(line is null ? "" : $":{line}")}: {what}.", cause);
}
