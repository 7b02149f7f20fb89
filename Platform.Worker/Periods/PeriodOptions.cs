using System.ComponentModel.DataAnnotations;

namespace Platform.Worker.Periods;

/// <summary>Section <c>Periods</c>: how months are closed.</summary>
internal sealed class PeriodOptions
{
    public const string Section = "Periods";

    /// <summary>Address of the metrics API, which computes what is kept, e.g. <c>https://metrics.example.com</c>. Default none: no month can be closed.</summary>
    public Uri? MetricsApi { get; set; }

    /// <summary>How long the answer to one saved query may take. Default 2 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Rows that one saved query may have for a month; with more the month is not closed. Default 100,000.</summary>
    [Range(1, 999_999)]
    public int MaxRows { get; set; } = 100_000;
}
