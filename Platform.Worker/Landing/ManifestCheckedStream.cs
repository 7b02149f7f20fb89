using System.Net;
using System.Security.Cryptography;
using Azure;

namespace Platform.Worker.Landing;

/// <summary>A file's bytes on the way in, compared with its manifest when the end is reached.</summary>
internal sealed class ManifestCheckedStream(Stream content, string path, ManifestFile expected, Action<string>? read = null) : ForwardStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _bytes;
    private bool _ended;

    public override int Read(Span<byte> buffer)
    {
        try
        {
            var count = content.Read(buffer);
            Check(buffer[..count], atEnd: count == 0 && buffer.Length > 0);
            return count;
        }
        catch (RequestFailedException replaced) when (replaced.Status == (int)HttpStatusCode.PreconditionFailed)
        {
            throw Replaced(path, replaced);
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var count = await content.ReadAsync(buffer, cancellationToken);
            Check(buffer.Span[..count], atEnd: count == 0 && buffer.Length > 0);
            return count;
        }
        catch (RequestFailedException replaced) when (replaced.Status == (int)HttpStatusCode.PreconditionFailed)
        {
            throw Replaced(path, replaced);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            content.Dispose();
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Check(ReadOnlySpan<byte> bytes, bool atEnd)
    {
        _hash.AppendData(bytes);
        _bytes += bytes.Length;
        if (!atEnd || _ended)
        {
            return;
        }

        _ended = true;
        var actual = Convert.ToHexStringLower(_hash.GetHashAndReset());
        if (!expected.IsListed)
        {
            if (_bytes != expected.Bytes)
            {
                throw Replaced(path, cause: null);
            }
        }
        else if (actual != expected.Sha256 || _bytes != expected.Bytes)
        {
            throw new LandingException(
                $"{path} is not the file that its manifest lists: {_bytes} bytes with SHA-256 {actual}; "
                + $"expected {expected.Bytes} bytes with {expected.Sha256}. Land the partition again.")
            {
                Blob = path,
            };
        }

        read?.Invoke(actual);
    }

    public static LandingException Replaced(string path, RequestFailedException? cause) =>
        new($"{path} was replaced while it was read. Run the task again.", cause) { Blob = path };
}
