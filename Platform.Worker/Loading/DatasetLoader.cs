using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Platform.Worker.Contracts;
using Platform.Worker.Landing;
using Platform.Worker.Loading.Quality;
using Platform.Worker.Loading.Quarantine;

namespace Platform.Worker.Loading;

/// <summary>Replaces one dataset's partition within the transaction of its domain: copy, checks over rows, reconciliation, load record.</summary>
internal sealed class DatasetLoader(
    NpgsqlConnection connection, SideTables sideTables, PartitionReader landing, Manifest manifest, LoadRecords loads, PartitionTables tables,
    TimeProvider time)
{
    /// <summary>Fewest bytes that a row is expected to have; sizes the memory for keys.</summary>
    private const int SmallestRow = 24;

    /// <exception cref="DataFaultException">A file cannot be loaded as it is; the caller rolls back.</exception>
    public async Task<DatasetLoad> LoadAsync(
        DatasetContract contract, IReadOnlyList<ManifestFile> files, long[] referenceLoads, CancellationToken cancellationToken)
    {
        using var activity = LoadingTelemetry.Source.StartActivity("load dataset");
        activity?.SetTag(LoadingTelemetry.Domain, contract.Domain).SetTag(LoadingTelemetry.Dataset, contract.Dataset)
            .SetTag(LoadingTelemetry.Partition, manifest.Partition.ToString("O", CultureInfo.InvariantCulture));

        var now = time.GetUtcNow();
        var loadId = await loads.StartAsync(contract, files, referenceLoads, now, cancellationToken);
        await QuarantineWriter.SupersedeAsync(connection, contract.Domain, [contract.Dataset], [manifest.Partition], now, cancellationToken);
        var quarantine = new QuarantineWriter(connection, contract, manifest.Partition, loadId, now);

        var target = await PartitionTarget.OpenAsync(
            connection, sideTables, contract, manifest.Partition, loadId, files.Sum(file => file.Bytes), cancellationToken);
        await target.StartAsync(cancellationToken);
        var checks = new PartitionChecks(connection, contract, manifest.Partition, target.Table, tables);
        var source = new DatasetFiles(landing, manifest, contract);
        var read = await CopyAsync(contract, source, files, loadId, quarantine, target, checks, cancellationToken);
        var loaded = await checks.CountAsync(cancellationToken);
        if (loaded.HasFaults)
        {
            await checks.RefuseAsync(loaded, newcomers: [], cancellationToken);
            loaded = await checks.CountAsync(cancellationToken);
        }

        await checks.QuarantineAsync(read, (file, token) => source.OpenCheckedAsync(file, loadId, lineOffset: 0, token), quarantine, cancellationToken);
        await quarantine.CompleteAsync(cancellationToken);
        var result = new Reconciliation
        {
            Files = read,
            LoadedRows = loaded.Rows,
            QuarantinedRows = quarantine.Rows,
            LoadedSums = loaded.Sums,
            QuarantinedSums = [.. checks.RefusedSums.Select((refused, index) => refused + read.Sum(file => file.RejectedSums[index]))],
        };
        if (quarantine.Rows > 0)
        {
            var (lines, discarded) = await RememberedDecisions.ApplyAsync(
                connection, contract, manifest.Partition, loadId, target.Table, tables, now, cancellationToken);
            result = result.With(lines, discarded);
        }

        if (result.Differences(contract).ToList() is { Count: > 0 } differences)
        {
            throw source.Fault(
                $"{string.Join(", ", files.Select(source.PathOf))} {(files.Count > 1 ? "do" : "does")} not tie out: "
                + $"{string.Join("; ", differences)}. Nothing was changed; land the partition again.");
        }

        await loads.CompleteAsync(loadId, contract, result, time.GetUtcNow(), cancellationToken);
        var measured = await new QualityChecks(connection, contract, manifest.Partition, target.Table).MeasureAsync(cancellationToken);
        await QualityChecks.RecordAsync(connection, loadId, measured, cancellationToken);
        if (await LoadRefusal.OfAsync(connection, contract, manifest.Partition, loadId, result, measured, cancellationToken) is { } refusal)
        {
            throw refusal;
        }

        tables.Add(contract, target);
        activity?.SetTag(LoadingTelemetry.LoadedRows, result.LoadedRows).SetTag(LoadingTelemetry.QuarantinedRows, result.QuarantinedRows);
        return new DatasetLoad(contract.Dataset, loadId, result.FileRows, result.LoadedRows, result.QuarantinedRows, Skipped: false)
        {
            Checks = measured,
        };
    }

    /// <summary>Copies the files one after the other; their lines run on.</summary>
    private async Task<List<LoadedFile>> CopyAsync(
        DatasetContract contract,
        DatasetFiles source,
        IReadOnlyList<ManifestFile> files,
        long loadId,
        QuarantineWriter quarantine,
        PartitionTarget target,
        PartitionChecks checks,
        CancellationToken cancellationToken)
    {
        var keys = new KeyFilter(files.Sum(file => file.Bytes) / SmallestRow);
        await using var copy = new PartitionCopy(connection, target, quarantine);
        var read = new List<LoadedFile>();
        foreach (var file in files)
        {
            var lineOffset = read.Count == 0 ? 0 : read[^1].LastLine;
            var (records, check) = await source.OpenCheckedAsync(file, loadId, lineOffset, cancellationToken);
            await using var opened = records;
            check.CarriesLoad = !target.GivesLoad;
            quarantine.Open(source.PathOf(file), records.Header, lineOffset);
            await copy.RunAsync(records, check, keys, source.PathOf(file), cancellationToken);
            read.Add(new LoadedFile
            {
                File = file,
                Sha256 = source.Sha256Of(file),
                LineOffset = lineOffset,
                LastLine = check.LastLine,
                Rows = check.Rows,
                Sums = check.FileSums,
                RejectedSums = check.RejectedSums,
            });
        }

        await target.BuildKeyAsync(cancellationToken);
        if (copy.HasSuspects)
        {
            await checks.ResolveSuspectsAsync(FactTables.Line, cancellationToken);
        }

        return read;
    }
}
