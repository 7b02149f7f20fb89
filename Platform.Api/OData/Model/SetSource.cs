using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Api.Metrics.Catalogue;
using Platform.Api.Warehouse;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Query;

namespace Platform.Api.OData.Model;

/// <summary>
/// The one place that says which sets a reader has: the saved queries and, for those who may read all, the marts of the current publication. Kept until
/// another publication takes its place.
/// </summary>
internal sealed class SetSource(NpgsqlDataSource dataSource, CatalogueSource catalogues, IOptions<QueryOptions> options) : IDisposable
{
    private const int Attempts = 20;

    // Policies are few; whoever has more than so many pays with making sets anew.
    private const int MostKept = 64;

    private readonly SemaphoreSlim loading = new(1, 1);
    private readonly ConcurrentDictionary<string, PublishedSets> kept = new();

    /// <summary>The reader's sets that are kept, however old; whoever reads rows with them checks that they are of the same publication.</summary>
    /// <exception cref="NothingPublishedException">There is no publication yet.</exception>
    public async Task<PublishedSets> KeptAsync(SetReader reader, CancellationToken cancellationToken) =>
        kept.TryGetValue(reader.Key, out var sets) ? sets : await CurrentAsync(reader, cancellationToken);

    /// <summary>The reader's sets of the publication that is current now.</summary>
    /// <exception cref="NothingPublishedException">There is no publication yet.</exception>
    public async Task<PublishedSets> CurrentAsync(SetReader reader, CancellationToken cancellationToken)
    {
        await loading.WaitAsync(cancellationToken);
        try
        {
            for (var attempt = 1; attempt <= Attempts; attempt++)
            {
                var catalogue = await catalogues.CurrentAsync(cancellationToken);
                if (kept.TryGetValue(reader.Key, out var sets) && sets.Publication.Id == catalogue.Publication.Id)
                {
                    return sets;
                }

                if (await ReadAsync(reader, catalogue, cancellationToken) is { } read)
                {
                    if (kept.Count >= MostKept)
                    {
                        kept.Clear();
                    }

                    return kept[reader.Key] = read;
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

    /// <summary>The sets; null when the catalogue is not of the current publication any more.</summary>
    private async Task<PublishedSets?> ReadAsync(SetReader reader, MetricCatalogue catalogue, CancellationToken cancellationToken)
    {
        ImmutableArray<NamedSet> marts;
        await using (var snapshot = await PublishedSnapshot.OpenAsync(dataSource, [], options.Value.StatementTimeout, cancellationToken))
        {
            marts = await MartSets.ReadAsync(catalogue, snapshot.Connection, cancellationToken);
        }

        var taken = marts.Select(mart => mart.Name).ToHashSet();
        var (saved, withheld) = await SavedQuerySets.ReadAsync(catalogue, reader.Policy, taken, dataSource, options.Value, cancellationToken);

        // What was described in several transactions is of one publication when that is still the current one.
        await using var after = await PublishedSnapshot.OpenAsync(dataSource, [], options.Value.StatementTimeout, cancellationToken);
        return after.PublicationId != catalogue.Publication.Id
            ? null
            : reader.ReadsMarts ? new PublishedSets(catalogue.Publication, [.. marts, .. saved], withheld)
            : new PublishedSets(catalogue.Publication, saved, [.. withheld, .. taken]);
    }
}
