using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Query;

namespace Platform.Api.Metrics.Answers;

/// <summary>Which publication is the current one, asked of the database at most every <see cref="QueryOptions.PublicationAge"/>.</summary>
internal sealed class PublicationWatch(NpgsqlDataSource dataSource, IOptions<QueryOptions> options, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim asking = new(1, 1);
    private volatile Known? known;

    /// <exception cref="NothingPublishedException">There is no publication yet.</exception>
    /// <exception cref="NpgsqlException">The database does not answer.</exception>
    public ValueTask<long> CurrentAsync(CancellationToken cancellationToken) =>
        Fresh() is { } id ? new ValueTask<long>(id) : new ValueTask<long>(AskAsync(cancellationToken));

    /// <summary>A reader found this publication to be the current one; what was known before is not believed any more.</summary>
    public void Saw(long publicationId)
    {
        if (known is { } former && former.Id != publicationId)
        {
            known = null;
        }
    }

    public void Dispose() => asking.Dispose();

    private long? Fresh() => known is { } former && time.GetElapsedTime(former.AskedAt) < options.Value.PublicationAge ? former.Id : null;

    private async Task<long> AskAsync(CancellationToken cancellationToken)
    {
        await asking.WaitAsync(cancellationToken);
        try
        {
            if (Fresh() is { } id)
            {
                return id;
            }

            var askedAt = time.GetTimestamp();
            await using var command = dataSource.CreateCommand("select publication_id from meta.publication where is_current");
            var current = (long?)await command.ExecuteScalarAsync(cancellationToken) ?? throw new NothingPublishedException();
            known = new Known(current, askedAt);
            return current;
        }
        finally
        {
            asking.Release();
        }
    }

    private sealed record Known(long Id, long AskedAt);
}
