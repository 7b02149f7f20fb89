using Platform.Worker.Contracts.Plan;

namespace Platform.Worker.Loading;

/// <summary>Rows on their way from the check to the warehouse.</summary>
internal sealed class RowBatch : IDisposable
{
    private const int TargetBytes = 512 << 10;
    private long _rejectedBytes;

    /// <summary>Rows whose key is new.</summary>
    public RowBuffer Rows { get; } = new(TargetBytes + (32 << 10));

    /// <summary>Rows whose key was probably seen before in this file; null when there is none.</summary>
    public RowBuffer? Suspects { get; private set; }

    public List<RejectedRow> Rejected { get; } = [];

    /// <summary>Whether there is more than good rows.</summary>
    public bool HasOthers => Suspects is not null || Rejected.Count > 0;

    public bool IsFull => Rows.Length + (Suspects?.Length ?? 0) + _rejectedBytes >= TargetBytes;

    public void Reject(RejectedRow row)
    {
        Rejected.Add(row);
        _rejectedBytes += 200 + (2 * (row.RawLine.Length + row.Message.Length));
    }

    /// <summary>Moves the row written last from the good ones to the suspects.</summary>
    public void SuspectLast(int start)
    {
        Suspects ??= new RowBuffer(4 << 10);
        Suspects.Write(Rows.Slice(start, Rows.Length - start));
        Rows.Truncate(start);
    }

    public void Dispose()
    {
        Rows.Dispose();
        Suspects?.Dispose();
    }
}
