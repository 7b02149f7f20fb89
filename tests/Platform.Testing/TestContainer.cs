using Azure.Storage.Blobs;

namespace Platform.Testing;

/// <summary>A blob container of one test, deleted on disposal.</summary>
public sealed class TestContainer : IAsyncDisposable
{
    internal TestContainer(string connectionString, BlobContainerClient client)
    {
        ConnectionString = connectionString;
        Client = client;
    }

    /// <summary>The storage account's connection string.</summary>
    public string ConnectionString { get; }

    public string Name => Client.Name;

    public BlobContainerClient Client { get; }

    public async ValueTask DisposeAsync() => await Client.DeleteIfExistsAsync();
}
