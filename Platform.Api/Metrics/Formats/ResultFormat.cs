using System.Buffers;
using Platform.Api.Metrics.Query;

namespace Platform.Api.Metrics.Formats;

/// <summary>One way to write an answer. Made for one answer; writes to the buffer that it is given, which the caller sends and empties.</summary>
internal abstract class ResultFormat : IDisposable
{
    public static readonly IReadOnlyList<string> Names = ["json", "records", "csv"];

    public abstract string ContentType { get; }

    /// <summary>What stands before the first row.</summary>
    public abstract void Begin(QueryAnswer answer, IBufferWriter<byte> buffer);

    /// <summary>The answer's current row.</summary>
    public abstract void Row(QueryAnswer answer, IBufferWriter<byte> buffer);

    /// <summary>What stands after the last row.</summary>
    public abstract void End(QueryAnswer answer, string receipt, IBufferWriter<byte> buffer);

    public abstract void Dispose();

    /// <summary>The format of that name.</summary>
    public static ResultFormat? Find(string name) => name switch
    {
        "json" => new JsonFormat(),
        "records" => new RecordsFormat(),
        "csv" => new CsvFormat(),
        _ => null,
    };

    /// <summary>The format that an Accept header prefers; JSON when it has none of them.</summary>
    public static ResultFormat ForAccept(string accept) =>
        accept.Contains("text/csv", StringComparison.OrdinalIgnoreCase) ? new CsvFormat() : new JsonFormat();
}
