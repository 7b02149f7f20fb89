using System.ComponentModel.DataAnnotations;

namespace Platform.Metrics.Query;

/// <summary>Bounds of one query. Section <c>Query</c>.</summary>
internal sealed class QueryOptions
{
    public const string Section = "Query";

    /// <summary>Time after which the database gives up a query (<c>statement_timeout</c>). Default 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan StatementTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Rows that a query without <c>limit</c> may have; with more it is refused, never cut short. Default 10,000.</summary>
    [Range(1, 100_000)]
    public int DefaultRows { get; set; } = 10_000;

    /// <summary>Largest <c>limit</c>. Default 1,000,000.</summary>
    [Range(1, 100_000_000)]
    public int MaxRows { get; set; } = 1_000_000;

    /// <summary>Most metrics of one query. Default 50.</summary>
    [Range(1, 1_000)]
    public int MaxMetrics { get; set; } = 50;

    /// <summary>Most group-by columns of one query. Default 20.</summary>
    [Range(1, 100)]
    public int MaxGroupBy { get; set; } = 20;

    /// <summary>Largest <c>page_size</c>. Default 100,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxPageRows { get; set; } = 100_000;

    /// <summary>Memory for answers that are kept, in bytes; the least recently used ones go first. Default 64 MiB.</summary>
    [Range(1024, 100L * 1024 * 1024 * 1024)]
    public long CacheBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Largest answer that is kept, in bytes. Default 4 MiB.</summary>
    [Range(1024, 1024 * 1024 * 1024)]
    public int CacheAnswerBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>
    /// Time for which the current publication is believed to be still the current one: so much later than a publish a kept answer may still be
    /// given. It names the publication that it is of. Default 250 milliseconds; 0 asks the database at every request.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan PublicationAge { get; set; } = TimeSpan.FromMilliseconds(250);
}
