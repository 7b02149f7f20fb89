using System.Buffers.Binary;

namespace Platform.Worker.Loading.ParquetFiles;

/// <summary>What stands around a Parquet file's data: the magic bytes at both ends, and how long the footer is (Apache Parquet, "File Format").</summary>
internal static class ParquetEnvelope
{
    public const string Encrypted = "the Parquet file is encrypted, which is not implemented; send it as it is or as gzip CSV";

    /// <summary>Most bytes of a footer: a row group of a thousand columns takes about 100 kB of it.</summary>
    private const int MaxFooterBytes = 64 << 20;

    private const int EndBytes = 8;

    private static ReadOnlySpan<byte> Magic => "PAR1"u8;

    private static ReadOnlySpan<byte> EncryptedMagic => "PARE"u8;

    /// <summary>Why the file is no Parquet file; null when it may be one.</summary>
    public static async Task<string?> FaultAsync(Stream file, CancellationToken cancellationToken)
    {
        if (file.Length < Magic.Length + EndBytes)
        {
            return $"the file has {file.Length} bytes, too few for a Parquet file; it is empty or cut off";
        }

        var ends = new byte[Magic.Length + EndBytes];
        file.Position = 0;
        await file.ReadExactlyAsync(ends.AsMemory(0, Magic.Length), cancellationToken);
        file.Position = file.Length - EndBytes;
        await file.ReadExactlyAsync(ends.AsMemory(Magic.Length), cancellationToken);
        return Fault(ends, file.Length);
    }

    private static string? Fault(ReadOnlySpan<byte> ends, long length)
    {
        var head = ends[..Magic.Length];
        var tail = ends[^Magic.Length..];
        if (tail.SequenceEqual(EncryptedMagic))
        {
            return Encrypted;
        }

        if (!head.SequenceEqual(Magic) || !tail.SequenceEqual(Magic))
        {
            return head.SequenceEqual(Magic)
                ? "the Parquet file is cut off: it does not end with a footer"
                : "the file is no Parquet file: it does not start with PAR1";
        }

        var footer = BinaryPrimitives.ReadUInt32LittleEndian(ends[Magic.Length..]);
        return footer > MaxFooterBytes || footer > length - Magic.Length - EndBytes
            ? $"the Parquet file is damaged: its footer would have {footer} bytes of the file's {length}"
            : null;
    }
}
