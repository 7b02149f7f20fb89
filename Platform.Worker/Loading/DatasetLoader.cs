using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Platform.Worker.Contracts;
using Platform.Worker.Landing;
using Platform.Worker.Loading.Quarantine;

namespace Platform.Worker.Loading;

/// <summary>Replaces one dataset's partition within the transaction of its domain: copy, checks over rows, reconciliation, load record.</summary>
internal sealed class DatasetLoader(
    NpgsqlConnection connection, PartitionReader landing, Manifest manifest, LoadRecords loads, TimeProvider time)
{
    /// <summary>Fewest bytes that a row is expected to have; sizes the memory for keys.</summary>
    private const int SmallestRow = 24;

    /// <exception cref="DataFaultException">The file cannot be loaded as it is; the caller rolls back.</exception>
    public async Task<DatasetLoad> LoadAsync(
        DatasetContract contract, ManifestFile file, long[] referenceLoads, CancellationToken cancellationToken)
    {
        using var activity = LoadingTelemetry.Source.StartActivity("load dataset");
        activity?.SetTag(LoadingTelemetry.Domain, contract.Domain).SetTag(LoadingTelemetry.Dataset, contract.Dataset)
            .SetTag(LoadingTelemetry.Partition, manifest.Partition.ToString("O", CultureInfo.InvariantCulture));

        var path = $"{LandingPath.For(contract.Domain, manifest.Partition)}/{file.Name}";
        var loadId = await loads.StartAsync(contract, file, referenceLoads, time.GetUtcNow(), cancellationToken);
        var quarantine = new QuarantineWriter(connection, contract, manifest.Partition, path, loadId);
        await quarantine.ClearAsync(cancellationToken);
        await ClearPartitionAsync(contract, cancellationToken);

        var checks = new PartitionChecks(connection, contract, manifest.Partition);
        var rows = await CopyAsync(contract, file, loadId, quarantine, checks, cancellationToken);
        var loaded = await checks.CountAsync(cancellationToken);
        if (loaded.Broken.Count > 0)
        {
            await checks.RefuseBrokenAsync(loaded.Broken, cancellationToken);
            loaded = await checks.CountAsync(cancellationToken);
        }

        await checks.QuarantineAsync(token => OpenAsync(contract, file, token), quarantine, cancellationToken);
        var result = new Reconciliation
        {
            FileRows = rows.Rows,
            LoadedRows = loaded.Rows,
            QuarantinedRows = quarantine.Rows,
            FileSums = rows.FileSums,
            LoadedSums = loaded.Sums,
            QuarantinedSums = [.. rows.RejectedSums.Zip(checks.RefusedSums, (rejected, refused) => rejected + refused)],
        };
        if (result.Differences(contract, file).ToList() is { Count: > 0 } differences)
        {
            throw Fault(contract, $"{path} does not tie out: {string.Join("; ", differences)}. Nothing was changed; land the partition again.");
        }

        await loads.CompleteAsync(loadId, contract, result, time.GetUtcNow(), cancellationToken);
        activity?.SetTag(LoadingTelemetry.LoadedRows, result.LoadedRows).SetTag(LoadingTelemetry.QuarantinedRows, result.QuarantinedRows);
        return new DatasetLoad(contract.Dataset, loadId, result.FileRows, result.LoadedRows, result.QuarantinedRows, Skipped: false);
    }

    private async Task<RowCheck> CopyAsync(
        DatasetContract contract, ManifestFile file, long loadId, QuarantineWriter quarantine, PartitionChecks checks, CancellationToken cancellationToken)
    {
        await using var records = await OpenAsync(contract, file, cancellationToken);
        var check = RowCheck.Bind(contract, records.Header, manifest.Partition, loadId, (what, line, cause) => FileFault(contract, file, what, line, cause));
        using var copy = new PartitionCopy(connection, contract, quarantine);
        await copy.RunAsync(records, check, new KeyFilter(file.Bytes / SmallestRow), cancellationToken);
        if (copy.HasSuspects)
        {
            await checks.ResolveSuspectsAsync(cancellationToken);
        }

        return check;
    }

    private Task<CsvRecords> OpenAsync(DatasetContract contract, ManifestFile file, CancellationToken cancellationToken) => CsvRecords.OpenAsync(
        token => landing.OpenAsync(manifest, file, token), (what, line, cause) => FileFault(contract, file, what, line, cause), cancellationToken);

    private async Task ClearPartitionAsync(DatasetContract contract, CancellationToken cancellationToken)
    {
        await using var delete = new NpgsqlCommand(
            $"delete from {FactTables.Name(contract)} where {FactTables.Partition} = $1", connection) { CommandTimeout = 0 };
        delete.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = manifest.Partition });
        await delete.ExecuteNonQueryAsync(cancellationToken);
    }

    private PartitionFaultException FileFault(DatasetContract contract, ManifestFile file, string what, long? line, Exception? cause) => Fault(
        contract,
        $"{LandingPath.For(contract.Domain, manifest.Partition)}/{file.Name}{(line is null ? "" : $":{line}")}: {what}. " +
        "The file was not loaded; land a corrected one.",
        line,
        cause);

    private PartitionFaultException Fault(DatasetContract contract, string message, long? line = null, Exception? cause = null) => new(message, cause)
    {
        Domain = contract.Domain,
        Dataset = contract.Dataset,
        Partition = manifest.Partition,
        Line = line,
    };
}
