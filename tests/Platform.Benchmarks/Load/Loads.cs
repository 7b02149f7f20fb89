using System.Diagnostics.Metrics;
using Azure.Storage.Blobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Platform.Worker.Contracts;
using Platform.Worker.Landing;
using Platform.Worker.Loading;
using Platform.Worker.Loading.Quarantine;

namespace Platform.Benchmarks.Load;

/// <summary>What a <see cref="LoadProcess"/> can do.</summary>
internal sealed class Loads : IAsyncDisposable
{
    private readonly LoadPlace _place;
    private readonly NpgsqlDataSource _dataSource;
    private readonly ContractCatalog _contracts;
    private readonly PartitionLoader _loader;

    public Loads(LoadPlace place)
    {
        _place = place;
        _dataSource = NpgsqlDataSource.Create(place.Warehouse);
        _contracts = ContractCatalog.Load([place.Contracts]);
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        _loader = new PartitionLoader(
            _contracts, new PartitionReader(new BlobContainerClient(place.Storage, place.Container)), _dataSource, TimeProvider.System,
            new LoadingTelemetry(meters), NullLogger<PartitionLoader>.Instance);
    }

    public Task LoadAsync(DateOnly date, CancellationToken cancellationToken) => _loader.LoadAsync(OrderLines.Domain, date, cancellationToken);

    /// <summary>The pass over the file alone: into the table that becomes the day's partition, without its key.</summary>
    public async Task StageAsync(CancellationToken cancellationToken)
    {
        var contract = _contracts.Domain(OrderLines.Domain).Datasets.Single(dataset => dataset.Dataset == OrderLines.Dataset);
        await using var connection = await _dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var sideTables = new SideTables(_dataSource, _contracts.Domain(OrderLines.Domain), OrderLines.Date);
        var target = new SwapTarget(connection, sideTables, contract, OrderLines.Date, loadId: 0, replaced: null);
        await target.StartAsync(cancellationToken);
        var quarantine = new QuarantineWriter(connection, contract, OrderLines.Date, loadId: 0, TimeProvider.System.GetUtcNow());
        var length = new FileInfo(_place.File).Length;
        await using var records = await CsvRecords.OpenAsync(
            _ => Task.FromResult<Stream>(File.OpenRead(_place.File)), RecordForm.Of(contract, _place.File), Fault, cancellationToken);
        var check = RowCheck.Bind(contract, records.Form, records.Header, OrderLines.Date, loadId: 0, lineOffset: 0, Fault);
        check.CarriesLoad = !target.GivesLoad;
        await using (var copy = new PartitionCopy(connection, target, quarantine))
        {
            await copy.RunAsync(records, check, new KeyFilter(length / 24), _place.File, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => _dataSource.DisposeAsync();

    private static Exception Fault(string what, long? line, Exception? cause) => new InvalidOperationException($"{line}: {what}", cause);
}
