using System.Security.Cryptography;
using System.Text;
using Platform.Worker.Contracts.Plan;

namespace Platform.Worker.Loading;

/// <summary>A row that does not keep its contract, as the quarantine shows it.</summary>
internal sealed record RejectedRow(int Line, string? Column, string Rule, string? Value, string Message, string RawLine)
{
    /// <summary>SHA-256 of the line's bytes.</summary>
    public byte[] RawSha256 { get; init; } = [];

    /// <summary>The line's bytes where <see cref="RawLine"/> does not give them back; otherwise null.</summary>
    public byte[]? RawBytes { get; init; }

    public RowStake Stake { get; init; } = RowStake.None;

    /// <summary>The first violation is the reason; the others are told in the message.</summary>
    public static RejectedRow From(int line, IReadOnlyList<Violation> violations, ReadOnlySpan<byte> rawLine, RowStake stake) => new RejectedRow(
        line,
        violations[0].Column,
        violations[0].Rule,
        violations[0].Value is { } value ? Storable(value) : null,
        Storable(string.Join(' ', violations.Select(violation => violation.Message))),
        RawLine: "").WithLine(line, rawLine, stake);

    /// <summary>The same reasons, of a line that was read now.</summary>
    public RejectedRow WithLine(int line, ReadOnlySpan<byte> rawLine, RowStake stake)
    {
        var text = Storable(Encoding.UTF8.GetString(rawLine));
        return this with
        {
            Line = line,
            RawLine = text,
            RawSha256 = SHA256.HashData(rawLine),
            RawBytes = rawLine.SequenceEqual(Encoding.UTF8.GetBytes(text)) ? null : rawLine.ToArray(),
            Stake = stake,
        };
    }

    /// <summary>PostgreSQL keeps no NUL: its symbol (U+2400) stands for it.</summary>
    public static string Storable(string text) => text.Replace('\0', '\u2400');
}

/// <summary>What a row stands for, as far as it can be read.</summary>
/// <param name="Sums">What it counts for in the control sums, in the order of the contract; null where its value is no number.</param>
/// <param name="Amount">Its value of the amount column; null when it is no number, or the contract names none.</param>
/// <param name="Currency">The amount's currency; null when the contract names none.</param>
internal sealed record RowStake(IReadOnlyList<decimal?> Sums, decimal? Amount, string? Currency)
{
    public static RowStake None { get; } = new([], null, null);
}
