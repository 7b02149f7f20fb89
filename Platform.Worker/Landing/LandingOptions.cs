using System.ComponentModel.DataAnnotations;

namespace Platform.Worker.Landing;

/// <summary>Section <c>Landing</c>: how much a compressed file may grow, so that a small hostile one does not keep a worker busy for days.</summary>
internal sealed record LandingOptions
{
    public const string Section = "Landing";

    /// <summary>Expanded bytes up to which <see cref="MaxExpansion"/> is not asked.</summary>
    public const long FreeBytes = 64L << 20;

    /// <summary>Most bytes that a gzip file may expand to. Default 100 GB.</summary>
    [Range(1, long.MaxValue)]
    public long MaxExpandedBytes { get; init; } = 100_000_000_000;

    /// <summary>
    /// Most expanded bytes for each compressed one, asked from 64 MB on. Default 250: CSV files come to 4 to 30, a bomb to about 1,000.
    /// </summary>
    [Range(1, 2_000)]
    public int MaxExpansion { get; init; } = 250;
}
