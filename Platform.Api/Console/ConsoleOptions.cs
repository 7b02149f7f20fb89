using System.ComponentModel.DataAnnotations;

namespace Platform.Api.Console;

/// <summary>What the start page shows. Section <c>Console</c>.</summary>
internal sealed class ConsoleOptions
{
    public const string Section = "Console";

    /// <summary>
    /// Metrics to show first, by domain and in this order. A domain that has fewer of them than <see cref="TilesPerDomain"/> is filled up with
    /// its other metrics by name.
    /// </summary>
    public IDictionary<string, string[]> Headlines { get; } = new Dictionary<string, string[]>
    {
        ["sales"] = ["revenue", "gross_margin", "order_count", "average_order_value"],
        ["operations"] = ["shipment_count", "on_time_delivery_rate", "average_days_to_deliver", "tickets_opened"],
        ["finance"] = ["ledger_revenue", "ebitda", "cash_collected", "receivables_outstanding"],
    };

    /// <summary>Metrics shown of each domain. Default 4.</summary>
    [Range(1, 12)]
    public int TilesPerDomain { get; set; } = 4;

    /// <summary>Runs shown. Default 7.</summary>
    [Range(1, 31)]
    public int Runs { get; set; } = 7;
}
