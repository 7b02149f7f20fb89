using System.Buffers;
using Platform.Api.Metrics.Query;

namespace Platform.Api.Metrics.Formats;

/// <summary>One way to write an answer. Made for one answer; writes to the buffer that it is given, which the caller sends and empties.</summary>
internal abstract class ResultFormat : IDisposable
{
    /// <summary>What stands before the first row.</summary>
    public abstract ValueTask BeginAsync(QueryAnswer answer, string receipt, IBufferWriter<byte> buffer, CancellationToken cancellationToken);

    /// <summary>The answer's current row.</summary>
    public abstract ValueTask RowAsync(QueryAnswer answer, IBufferWriter<byte> buffer, CancellationToken cancellationToken);

    /// <summary>What stands after the last row.</summary>
    public abstract ValueTask EndAsync(QueryAnswer answer, AnswerEnd end, IBufferWriter<byte> buffer, CancellationToken cancellationToken);

    public abstract void Dispose();
}

/// <summary>What is known once all rows are read.</summary>
/// <param name="Receipt">The answer's receipt.</param>
/// <param name="Page">The page that this is; null when the answer was not asked for in pages.</param>
internal sealed record AnswerEnd(string Receipt, AnswerPage? Page);

/// <param name="NextCursor">Cursor of the next page; null on the last.</param>
internal sealed record AnswerPage(string? NextCursor);
