using System.Text;
using Platform.Worker.Contracts.Plan;

namespace Platform.Worker.Loading;

/// <summary>A row that does not keep its contract, as the quarantine shows it.</summary>
internal sealed record RejectedRow(int Line, string? Column, string Rule, string? Value, string Message, string RawLine)
{
    /// <summary>The first violation is the reason; the others are told in the message.</summary>
    public static RejectedRow From(int line, IReadOnlyList<Violation> violations, ReadOnlySpan<byte> rawLine) => new(
        line,
        violations[0].Column,
        violations[0].Rule,
        violations[0].Value is { } value ? Storable(value) : null,
        Storable(string.Join(' ', violations.Select(violation => violation.Message))),
        Storable(Encoding.UTF8.GetString(rawLine)));

    /// <summary>PostgreSQL keeps no NUL: its symbol (U+2400) stands for it.</summary>
    public static string Storable(string text) => text.Replace('\0', '\u2400');
}
