using System.ComponentModel.DataAnnotations;

namespace Platform.Api.Metrics.Query;

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
}
