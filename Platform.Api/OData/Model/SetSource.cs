using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Api.Metrics.Catalogue;
using Platform.Api.Metrics.Query;
using Platform.Api.Warehouse;

namespace Platform.Api.OData.Model;

/// <summary>The one place that says which sets there are: the marts of the current publication. Kept until another publication takes its place.</summary>
internal sealed class SetSource(NpgsqlDataSource dataSource, CatalogueSource catalogues, IOptions<QueryOptions> options) : IDisposable
{
    private const int Attempts = 20;

    private readonly SemaphoreSlim loading = new(1, 1);
    private volatile PublishedSets? kept;

    /// <summary>The sets that are kept, however old; whoever reads rows with them checks that they are of the same publication.</summary>
    /// <exception cref="NothingPublishedException">There is no publication yet.</exception>
    public async Task<PublishedSets> KeptAsync(CancellationToken cancellationToken) => kept ?? await CurrentAsync(cancellationToken);

    /// <summary>The sets of the publication that is current now.</summary>
    /// <exception cref="NothingPublishedException">There is no publication yet.</exception>
    public async Task<PublishedSets> CurrentAsync(CancellationToken cancellationToken)
    {
        await loading.WaitAsync(cancellationToken);
        try
        {
            for (var attempt = 1; attempt <= Attempts; attempt++)
            {
                var catalogue = await catalogues.CurrentAsync(cancellationToken);
                if (kept is { } sets && sets.Publication.Id == catalogue.Publication.Id)
                {
                    return sets;
                }

                await using var snapshot = await PublishedSnapshot.OpenAsync(dataSource, [], options.Value.StatementTimeout, cancellationToken);
                if (snapshot.PublicationId == catalogue.Publication.Id)
                {
                    return kept = new PublishedSets(catalogue.Publication, await MartSets.ReadAsync(catalogue, snapshot.Connection, cancellationToken));
                }
            }

            throw new TimeoutException("Another publication came at every attempt to read one.");
        }
        finally
        {
            loading.Release();
        }
    }

    public void Dispose() => loading.Dispose();
}
