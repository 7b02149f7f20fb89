using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Platform.Worker.Pipeline.Following;

/// <summary>One request of a pipeline's data date. Whichever Worker works on it, and goes on with it after another's death, sees the same.</summary>
/// <param name="Pipeline">The pipeline's name.</param>
/// <param name="Date">The data date.</param>
/// <param name="RequestedAt">When the run was queued; a run that is queued again is another one.</param>
internal sealed record RunIdentity(string Pipeline, DateOnly Date, DateTimeOffset RequestedAt)
{
    /// <summary>A UUID of version 7 whose time is that of the request and whose other bits follow from what is run.</summary>
    public Guid Id { get; } = IdOf(RequestedAt, $"{Pipeline} {Date:yyyy-MM-dd} {RequestedAt.UtcTicks}");

    /// <summary>The id of a part of the run: a task, or a model within it. The same over the part's attempts.</summary>
    public Guid IdOfPart(string name) => IdOf(RequestedAt, $"{Id} {name}");

    private static Guid IdOf(DateTimeOffset at, string name)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16);
        Span<byte> time = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(time, at.ToUnixTimeMilliseconds());
        time[2..].CopyTo(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x70);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
