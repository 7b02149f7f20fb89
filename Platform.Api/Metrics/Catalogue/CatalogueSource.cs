using Npgsql;
using Platform.Api.Warehouse;
using Platform.Metrics.Catalogue;

namespace Platform.Api.Metrics.Catalogue;

/// <summary>The catalogue of the current publication, kept until another publication takes its place.</summary>
internal sealed class CatalogueSource(NpgsqlDataSource dataSource, ILogger<CatalogueSource> logger) : IDisposable
{
    private static readonly TimeSpan StatementTimeout = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim loading = new(1, 1);
    private volatile MetricCatalogue? kept;

    /// <summary>The catalogue that is kept, however old; whoever reads marts with it checks that it is theirs. Loaded at first use.</summary>
    /// <exception cref="NothingPublishedException">There is no publication yet.</exception>
    /// <exception cref="CatalogueException">The publication's catalogue cannot be read.</exception>
    public async Task<MetricCatalogue> KeptAsync(CancellationToken cancellationToken) => kept ?? await CurrentAsync(cancellationToken);

    /// <summary>The catalogue of the publication that is current now; one small query when it is the kept one.</summary>
    /// <exception cref="NothingPublishedException">There is no publication yet.</exception>
    /// <exception cref="CatalogueException">The publication's catalogue cannot be read.</exception>
    public async Task<MetricCatalogue> CurrentAsync(CancellationToken cancellationToken)
    {
        await using (var command = dataSource.CreateCommand("select publication_id from meta.publication where is_current"))
        {
            var id = (long?)await command.ExecuteScalarAsync(cancellationToken) ?? throw new NothingPublishedException();
            if (kept is { } catalogue && catalogue.Publication.Id == id)
            {
                return catalogue;
            }
        }

        await loading.WaitAsync(cancellationToken);
        try
        {
            await using var snapshot = await PublishedSnapshot.OpenAsync(dataSource, [], StatementTimeout, cancellationToken);
            if (kept is { } catalogue && catalogue.Publication.Id == snapshot.PublicationId)
            {
                return catalogue;
            }

            var loaded = await CatalogueLoad.ReadAsync(snapshot.Connection, cancellationToken);
            foreach (var model in loaded.Models.Values.Where(model => model.Fault is not null))
            {
                CatalogueLog.ModelFault(logger, model.Name, model.Fault!);
            }

            CatalogueLog.Loaded(logger, loaded.Publication.Id, loaded.Models.Count, loaded.Metrics.Count);
            return kept = loaded;
        }
        finally
        {
            loading.Release();
        }
    }

    public void Dispose() => loading.Dispose();
}
