using System.IO.Compression;

namespace Platform.Worker.Landing;

/// <summary>
/// A gzip file's content (RFC 1952, any number of members). Unlike <see cref="GZipStream"/>, which takes the end of its input for the end of
/// the data, it throws when the file is cut off or when anything else follows its last member, and when it grows beyond its limits.
/// </summary>
/// <remarks>
/// After the last byte of the file the decompressor is given one more member that only this class knows. When the file ended where a member
/// ends, exactly that member's content comes out next; a file that is cut off makes something else of those bytes, and one with other bytes
/// behind its last member never asks for them.
/// </remarks>
internal sealed class GunzipStream : ForwardStream
{
    private static readonly byte[] Mark = [.. "the end of the file is here"u8];
    private static readonly byte[] MarkMember = Compress(Mark);

    private readonly Source _source;
    private readonly GZipStream _gzip;
    private readonly string _path;
    private readonly LandingOptions _limits;
    private long _expanded;
    private bool _ended;

    /// <param name="compressed">The file; disposed of with this stream.</param>
    /// <param name="path">Name in error messages.</param>
    /// <param name="limits">How much it may expand to.</param>
    public GunzipStream(Stream compressed, string path, LandingOptions limits)
    {
        _source = new Source(compressed);
        _gzip = new GZipStream(_source, CompressionMode.Decompress);
        _path = path;
        _limits = limits;
    }

    public override int Read(Span<byte> buffer)
    {
        if (_ended || buffer.IsEmpty)
        {
            return 0;
        }

        try
        {
            var read = _gzip.Read(buffer);
            return IsContent(read) ? read : End(buffer[..read]);
        }
        catch (InvalidDataException error)
        {
            throw Corrupt(error);
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_ended || buffer.IsEmpty)
        {
            return 0;
        }

        try
        {
            var read = await _gzip.ReadAsync(buffer, cancellationToken);
            return IsContent(read) ? read : End(buffer.Span[..read]);
        }
        catch (InvalidDataException error)
        {
            throw Corrupt(error);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _gzip.Dispose();
            _source.Dispose();
        }

        base.Dispose(disposing);
    }

    private static byte[] Compress(byte[] content)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
        {
            gzip.Write(content);
        }

        return compressed.ToArray();
    }

    private bool IsContent(int read)
    {
        if (read == 0 || _source.HasGivenMark)
        {
            return false;
        }

        _expanded += read;
        if (_expanded > _limits.MaxExpandedBytes)
        {
            throw Failure($"expands to more than {_limits.MaxExpandedBytes} bytes", $"set {LandingOptions.Section}:{nameof(LandingOptions.MaxExpandedBytes)}");
        }

        if (_expanded > LandingOptions.FreeBytes && _expanded / _limits.MaxExpansion > _source.Bytes)
        {
            throw Failure(
                $"expands to more than {_limits.MaxExpansion} times its size ({_source.Bytes} bytes made {_expanded})",
                $"set {LandingOptions.Section}:{nameof(LandingOptions.MaxExpansion)}");
        }

        return true;
    }

    /// <summary>Checks that the file ends where a member ends and that nothing follows; returns the 0 that ends a stream.</summary>
    private int End(ReadOnlySpan<byte> read)
    {
        if (_source.Bytes == 0)
        {
            throw Failure("is empty; a gzip file has at least a header");
        }

        if (!_source.HasGivenMark)
        {
            throw Failure("holds other bytes after the end of its gzip data");
        }

        // The mark and not a byte more. The source is at its end, so that this waits for nothing.
        Span<byte> tail = stackalloc byte[Mark.Length + 1];
        var length = Math.Min(read.Length, tail.Length);
        read[..length].CopyTo(tail);
        for (int more; length < tail.Length && (more = _gzip.Read(tail[length..])) > 0; length += more)
        {
        }

        _ended = tail[..length].SequenceEqual(Mark);
        return _ended ? 0 : throw CutOff();
    }

    private LandingException Corrupt(InvalidDataException cause) => _source.HasGivenMark
        ? CutOff()
        : Failure($"is no valid gzip file: its data or its checksum is wrong within its first {_source.Bytes} bytes", cause: cause);

    private LandingException CutOff() => Failure($"is cut off: its gzip data does not end within its {_source.Bytes} bytes");

    private LandingException Failure(string what, string? remedy = null, Exception? cause = null) =>
        new($"{_path} {what}. Nothing was loaded of it; land a corrected file{(remedy is null ? "" : $", or {remedy}")}.", cause) { Blob = _path };

    /// <summary>The compressed bytes, then the mark.</summary>
    private sealed class Source(Stream compressed) : ForwardStream
    {
        public long Bytes { get; private set; }

        public bool HasGivenMark { get; private set; }

        public override int Read(Span<byte> buffer) => HasGivenMark ? 0 : Count(compressed.Read(buffer), buffer);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            HasGivenMark ? 0 : Count(await compressed.ReadAsync(buffer, cancellationToken), buffer.Span);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                compressed.Dispose();
            }

            base.Dispose(disposing);
        }

        private int Count(int read, Span<byte> buffer)
        {
            Bytes += read;
            if (read > 0)
            {
                return read;
            }

            HasGivenMark = true;
            MarkMember.CopyTo(buffer);
            return MarkMember.Length;
        }
    }
}
