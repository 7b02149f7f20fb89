using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Platform.Worker.Contracts;
using Platform.Worker.Landing;
using Platform.Worker.Loading.Quarantine;

namespace Platform.Worker.Loading;

/// <summary>
/// Loads a domain's partition of a data date: every row of every file checked against its contract, the good ones into the fact tables, the
/// bad ones into quarantine, in one transaction that replaces the partition or changes nothing.
/// </summary>
internal sealed class PartitionLoader(
    ContractCatalog contracts, PartitionReader landing, NpgsqlDataSource dataSource, TimeProvider time, LoadingTelemetry telemetry,
    ILogger<PartitionLoader> logger)
{
    /// <summary>Loads what changed since the partition's current load; see the overload.</summary>
    public Task<DomainLoad> LoadAsync(string domain, DateOnly date, CancellationToken cancellationToken) =>
        LoadAsync(domain, date, force: false, cancellationToken);

    /// <summary>
    /// Loads the partition. A dataset is skipped when its content, its contract and the loads that its rows refer to are those of its current
    /// load. Of two callers at once the second waits, and then finds nothing to do.
    /// </summary>
    /// <param name="domain">Name of a domain of the catalogue.</param>
    /// <param name="date">The data date.</param>
    /// <param name="force">Load datasets that have not changed, too.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    /// <exception cref="DataFaultException">The partition has not landed, is not what its manifest says, or cannot be read.</exception>
    /// <exception cref="ConfigurationFaultException">There is no such domain, or its contracts do not fit the fact tables.</exception>
    public async Task<DomainLoad> LoadAsync(string domain, DateOnly date, bool force, CancellationToken cancellationToken)
    {
        var contract = contracts.Domain(domain);
        using var activity = LoadingTelemetry.Source.StartActivity("load partition");
        activity?.SetTag(LoadingTelemetry.Domain, domain)
            .SetTag(LoadingTelemetry.Partition, date.ToString("O", CultureInfo.InvariantCulture));

        var manifest = await landing.ReadManifestAsync(domain, date, contract.NeedsManifest, cancellationToken);
        var files = Files(contract, manifest);
        await FactTables.EnsureAsync(dataSource, contract, cancellationToken);
        await FactPartitions.EnsureMonthsAsync(dataSource, contract, date, cancellationToken);
        contract = await UndeclaredColumns.FollowAsync(
            dataSource, landing, contract, manifest, await ChangedAsync(contract, files, force, date, cancellationToken), cancellationToken);

        var sideTables = new SideTables(dataSource, contract, date);
        try
        {
            return await LoadAsync(contract, manifest, files, sideTables, force, cancellationToken);
        }
        catch
        {
            await sideTables.DropAsync();
            throw;
        }
    }

    private async Task<DomainLoad> LoadAsync(
        Domain contract,
        Manifest manifest,
        Dictionary<string, IReadOnlyList<ManifestFile>> files,
        SideTables sideTables,
        bool force,
        CancellationToken cancellationToken)
    {
        var (domain, date) = (contract.Name, manifest.Partition);
        var started = time.GetTimestamp();
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await PartitionLock.AcquireAsync(connection, contract, date, cancellationToken);

        var loads = new LoadRecords(connection, date);
        var current = await loads.CurrentAsync([domain, .. contract.DependsOn], cancellationToken);
        var tables = new PartitionTables(connection, date);
        var loader = new DatasetLoader(connection, sideTables, landing, manifest, loads, tables, time);
        var datasets = new List<DatasetLoad>();
        try
        {
            foreach (var dataset in contract.Datasets)
            {
                var load = await LoadDatasetAsync(connection, loader, dataset, files[dataset.Dataset], current, force, date, cancellationToken);
                current[(domain, dataset.Dataset)] = load.Record;
                datasets.Add(load.Result);
            }
        }
        catch (PartitionFaultException fault) when (fault.RefusedLoad is not null)
        {
            await RefusedLoads.KeepAsync(dataSource, contract, transaction, fault, time.GetUtcNow(), cancellationToken);
            throw;
        }

        await tables.PublishAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        var result = new DomainLoad(domain, date, datasets);
        telemetry.Loaded(result);
        foreach (var (dataset, check) in datasets.SelectMany(load => load.Checks.Where(check => !check.Passed).Select(check => (load.Dataset, check))))
        {
            Log.RuleBroken(logger, domain, dataset, date, check.ToString());
        }

        Log.Loaded(logger, domain, date, result.LoadedRows, result.QuarantinedRows, datasets.Count(dataset => dataset.Skipped), time.GetElapsedTime(started));
        return result;
    }

    private static async Task<(DatasetLoad Result, LoadRecord Record)> LoadDatasetAsync(
        NpgsqlConnection connection,
        DatasetLoader loader,
        DatasetContract contract,
        IReadOnlyList<ManifestFile> files,
        Dictionary<(string Domain, string Dataset), LoadRecord> current,
        bool force,
        DateOnly date,
        CancellationToken cancellationToken)
    {
        var references = ReferenceLoads(contract, current, date);
        var content = LoadedFile.ContentSha256(files);
        var present = current.GetValueOrDefault((contract.Domain, contract.Dataset));
        if (!force
            && present is not null
            && present.IsOf(content, contract)
            && !present.HasNewDecisions
            && present.ReferenceLoads.AsSpan().SequenceEqual(references))
        {
            return (
                new DatasetLoad(contract.Dataset, present.LoadId, present.FileRows, present.LoadedRows, present.QuarantinedRows, Skipped: true),
                present);
        }

        var loaded = await loader.LoadAsync(contract, files, references, cancellationToken);
        // What references refuse now and did not before follows from another dataset of the date, which is marked then.
        if (present is not null && !present.IsOf(content, contract))
        {
            var cause = present.ContentSha256 != content ? "landed again" : $"contract {contract.Version}";
            await StaleDates.MarkAsync(
                connection, contract.Domain, contract.Dataset, [date], $"{cause}: load {loaded.LoadId} replaced {present.LoadId}", cancellationToken);
        }

        return (loaded, new LoadRecord(
            loaded.LoadId, content, contract.Sha256, references, loaded.FileRows, loaded.LoadedRows, loaded.QuarantinedRows));
    }

    /// <summary>The files of the datasets whose current load is not of them.</summary>
    private async Task<IReadOnlyDictionary<string, IReadOnlyList<ManifestFile>>> ChangedAsync(
        Domain domain, Dictionary<string, IReadOnlyList<ManifestFile>> files, bool force, DateOnly date, CancellationToken cancellationToken)
    {
        if (force || domain.Datasets.All(contract => contract.Policy.Evolution != SchemaEvolution.Evolve))
        {
            return files;
        }

        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var current = await new LoadRecords(connection, date).CurrentAsync([domain.Name], cancellationToken);
        return domain.Datasets
            .Where(contract => current.GetValueOrDefault((domain.Name, contract.Dataset))?.IsOf(LoadedFile.ContentSha256(files[contract.Dataset]), contract) != true)
            .ToDictionary(contract => contract.Dataset, contract => files[contract.Dataset], StringComparer.Ordinal);
    }

    /// <summary>Ids of the loads that the dataset's references are checked against, in the order of its references.</summary>
    private static long[] ReferenceLoads(
        DatasetContract contract, Dictionary<(string Domain, string Dataset), LoadRecord> current, DateOnly date) =>
        [.. contract.References.Select(reference => current.TryGetValue((reference.ToDomain, reference.ToDataset), out var load)
            ? load.LoadId
            : throw new PartitionFaultException(
                $"{contract.Domain}.{contract.Dataset} refers to {reference.ToDomain}.{reference.ToDataset}, whose partition {date:yyyy-MM-dd} " +
                $"is not loaded. Load domain '{reference.ToDomain}' first.")
            {
                Domain = contract.Domain, Dataset = contract.Dataset, Partition = date,
            })];

    /// <summary>The files of each dataset, in order: every contract that is not optional has at least one, and nothing else is in the partition.</summary>
    private static Dictionary<string, IReadOnlyList<ManifestFile>> Files(Domain domain, Manifest manifest)
    {
        var files = manifest.Files.ToLookup(file => file.Dataset, StringComparer.Ordinal);
        var missing = domain.Datasets.Where(contract => !contract.Policy.IsOptional && !files.Contains(contract.Dataset)).ToList();
        var unknown = files.Where(group => domain.Datasets.All(contract => contract.Dataset != group.Key)).ToList();
        return missing.Count + unknown.Count == 0
            ? domain.Datasets.ToDictionary(contract => contract.Dataset, contract => LoadedFile.InOrder(files[contract.Dataset]), StringComparer.Ordinal)
            : throw new PartitionFaultException(
                $"{(manifest.Files.All(file => file.IsListed) ? LandingPath.Manifest(domain.Name, manifest.Partition) : LandingPath.For(domain.Name, manifest.Partition))}: "
                + string.Join("; ", missing.Select(contract => $"there is no file of {contract.Dataset}")
                    .Concat(unknown.Select(group => $"there is a file of '{group.Key}', which has no contract")))
                + ". Land a complete partition, or change the contracts.")
            {
                Domain = domain.Name, Partition = manifest.Partition,
            };
    }
}
