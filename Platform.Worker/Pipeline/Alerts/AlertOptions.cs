using System.ComponentModel.DataAnnotations;

namespace Platform.Worker.Pipeline.Alerts;

/// <summary>Section <c>Alerts</c>: who is told of incidents and failed runs. A receiver that is slow or down delays its own messages, never a run.</summary>
internal sealed class AlertOptions
{
    public const string Section = "Alerts";

    /// <summary>Receivers by name. Default none: nobody is told.</summary>
    public Dictionary<string, ReceiverOptions> Receivers { get; } = [];

    /// <summary>Where readers of messages reach the operator API, or what stands before it, e.g. <c>https://platform.example</c>. Default none: no links.</summary>
    public Uri? BaseUrl { get; set; }

    /// <summary>The path below <see cref="BaseUrl"/> of a run; <c>{data_date}</c> stands for its data date. Default <c>/api/v1/runs/{data_date}</c>.</summary>
    [Required]
    public string RunPath { get; set; } = "/api/v1/runs/{data_date}";

    /// <summary>How often a Worker looks for what is to be sent. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "01:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// What a receiver has been told is not told it again for so long: the same incident opened again, the same run failed for the same reason. After that it is, if
    /// it is still so. Default 1 h.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan RepeatAfter { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long one message may take. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:05:00")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The wait before a message that failed is sent again; it doubles each time, with jitter. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest such wait. Default 15 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>An alert older than this is given up. Default 1 day.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long a message that was taken may stay unfinished; then its Worker is taken for dead, and it is sent by another.</summary>
    public TimeSpan Lease => RequestTimeout + TimeSpan.FromMinutes(1);
}

/// <summary>Somebody who is told.</summary>
internal sealed class ReceiverOptions
{
    public const string Slack = "slack";
    public const string Teams = "teams";
    public const string Json = "json";
    public const string Email = "email";

    /// <summary>
    /// <c>slack</c> (incoming webhook), <c>teams</c> (webhook of a workflow, Adaptive Card), <c>json</c> (documented in docs/operations.md) or <c>email</c> (SMTP).
    /// </summary>
    public string Kind { get; set; } = "";

    /// <summary>Where messages are posted to, of a webhook. A secret: it is all that a sender needs.</summary>
    public Uri? Url { get; set; }

    /// <summary>Sent as <c>Authorization: Bearer</c>, of a webhook of kind json. A secret. Default none.</summary>
    public string? ApiKey { get; set; }

    /// <summary>The SMTP server.</summary>
    public string? Host { get; set; }

    /// <summary>Its port. Default 587.</summary>
    public int Port { get; set; } = 587;

    /// <summary><c>starttls</c> (default; refuses servers without), <c>tls</c> (from the first byte) or <c>none</c>.</summary>
    public string Security { get; set; } = "starttls";

    /// <summary>A PEM file of the authorities whose certificates the SMTP server may show besides those that the system trusts: a company's own. Default none.</summary>
    public string? CaFile { get; set; }

    /// <summary>Who logs in. Default none: nobody does.</summary>
    public string? User { get; set; }

    /// <summary>With which password. A secret.</summary>
    public string? Password { get; set; }

    /// <summary>The sender's address.</summary>
    public string? From { get; set; }

    /// <summary>The addresses of those who are told.</summary>
    public List<string> To { get; } = [];
}
