using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;

namespace Platform.Metrics.Query;

/// <summary>Values of a dimension whose rows a reader may see.</summary>
/// <param name="Dimension">Its name, e.g. <c>customer__region</c>.</param>
/// <param name="Values">At least one.</param>
internal sealed record RowRule(string Dimension, ImmutableArray<string> Values);

/// <summary>
/// What a reader may see. Every query carries the one of its reader and is planned under it; two readers with equal <see cref="Key"/> get the same
/// answers, and only such share what is kept.
/// </summary>
internal sealed class ReaderPolicy
{
    /// <summary>All metrics and all rows.</summary>
    public static ReaderPolicy Unrestricted { get; } = new(null, null, []);

    private readonly FrozenSet<string>? domains;
    private readonly FrozenSet<string>? metrics;

    private ReaderPolicy(FrozenSet<string>? domains, FrozenSet<string>? metrics, ImmutableArray<RowRule> rows)
    {
        this.domains = domains;
        this.metrics = metrics;
        Rows = rows;
        Key = domains is null && metrics is null && rows.IsEmpty
            ? ""
            : JsonSerializer.Serialize(new
            {
                Domains = domains?.Order(StringComparer.Ordinal),
                Metrics = metrics?.Order(StringComparer.Ordinal),
                Rows = rows.Select(rule => new { rule.Dimension, rule.Values }),
            });
    }

    /// <summary>Every one of them holds for every row that is read.</summary>
    public ImmutableArray<RowRule> Rows { get; }

    /// <summary>The policy as one text; empty when nothing is restricted.</summary>
    public string Key { get; }

    public bool IsRestricted => Key.Length > 0;

    /// <summary>Whether the metric may be read; which of its rows is another matter.</summary>
    public bool MayRead(string metric, string? domain) =>
        (metrics is null || metrics.Contains(metric)) && (domains is null || (domain is not null && domains.Contains(domain)));

    /// <param name="domains">Domains whose metrics may be read; null for all.</param>
    /// <param name="metrics">Metrics that may be read; null for all.</param>
    /// <param name="rows">Rules that every row fits, in any order.</param>
    public static ReaderPolicy Of(IReadOnlyCollection<string>? domains, IReadOnlyCollection<string>? metrics, IEnumerable<RowRule> rows) => new(
        domains?.ToFrozenSet(),
        metrics?.ToFrozenSet(),
        [
            .. rows.Select(rule => rule with { Values = [.. rule.Values.Distinct().Order(StringComparer.Ordinal)] })
                .OrderBy(rule => rule.Dimension, StringComparer.Ordinal).ThenBy(rule => string.Join('\0', rule.Values), StringComparer.Ordinal),
        ]);
}
