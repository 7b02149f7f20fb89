using System.Buffers.Binary;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Platform.Worker.Landing;

/// <summary>
/// Uploads a blob block by block: nothing is visible under its name before <see cref="CommitAsync"/>, and what was there before stays until
/// then. A blob of one block takes one request. (The SDK's write stream commits on dispose, a failed write's half file too.)
/// </summary>
internal sealed class BlockUpload(BlockBlobClient blob, string contentType, ManifestGenerator? generator) : IBlockSink
{
    /// <summary>The metadata that tells generated blobs from those of a supplier.</summary>
    public const string GeneratorMark = "generator";

    private readonly List<string> _staged = [];

    public async Task StageAsync(ReadOnlyMemory<byte> block, CancellationToken cancellationToken)
    {
        var id = BlockId(_staged.Count);
        _staged.Add(id);
        await blob.StageBlockAsync(id, Content(block), cancellationToken: cancellationToken);
    }

    public async Task CommitAsync(ReadOnlyMemory<byte> lastBlock, CancellationToken cancellationToken)
    {
        var headers = new BlobHttpHeaders { ContentType = contentType };
        var metadata = generator is null ? null : new Dictionary<string, string> { [GeneratorMark] = generator.Version };
        if (_staged.Count == 0)
        {
            await blob.UploadAsync(Content(lastBlock), new BlobUploadOptions { HttpHeaders = headers, Metadata = metadata }, cancellationToken);
            return;
        }

        await StageAsync(lastBlock, cancellationToken);
        await blob.CommitBlockListAsync(_staged, new CommitBlockListOptions { HttpHeaders = headers, Metadata = metadata }, cancellationToken);
    }

    private static Stream Content(ReadOnlyMemory<byte> block) => BinaryData.FromBytes(block).ToStream();

    private static string BlockId(int number)
    {
        Span<byte> id = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(id, number);
        return Convert.ToBase64String(id);
    }
}
