using System.ComponentModel.DataAnnotations;

namespace Platform.Worker.Pipeline.Lineage;

/// <summary>Section <c>Lineage</c>: where OpenLineage events of runs go. A receiver that is slow or down costs events, never a run.</summary>
internal sealed class LineageOptions
{
    public const string Section = "Lineage";

    /// <summary>Address that takes one event a request, e.g. <c>https://marquez.example/api/v1/lineage</c>. Default none: nothing is sent.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>Sent as <c>Authorization: Bearer</c>. Default none.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Namespace of the jobs. Default <c>platform</c>.</summary>
    [Required]
    public string Namespace { get; set; } = "platform";

    /// <summary>How long one request may take. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:05:00")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a request is tried again that got no answer, or 408, 429 or 5xx. Default 4; then the event is dropped.</summary>
    [Range(0, 20)]
    public int MaxRetries { get; set; } = 4;

    /// <summary>The median wait before the first retry; it doubles each time, with jitter. Default 500 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Facts (starts and ends of runs and tasks) that may wait to be sent; those that come to a full queue are dropped. Default 10,000.</summary>
    [Range(1, 1_000_000)]
    public int QueueCapacity { get; set; } = 10_000;

    /// <summary>How long a process that ends goes on sending what still waits. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan FlushTimeout { get; set; } = TimeSpan.FromSeconds(5);
}
