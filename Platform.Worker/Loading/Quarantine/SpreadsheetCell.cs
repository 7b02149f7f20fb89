using System.Text.RegularExpressions;

namespace Platform.Worker.Loading.Quarantine;

/// <summary>
/// Texts that a spreadsheet would take for a formula get an apostrophe in front (OWASP, "CSV Injection"), and lose it on the way back. A text that begins
/// with apostrophes before such a character gets one more, so that every text comes back as it was.
/// </summary>
internal static partial class SpreadsheetCell
{
    public static string Escape(string text) => Formula().IsMatch(text) ? $"'{text}" : text;

    public static string Unescape(string cell) => cell.StartsWith('\'') && Formula().IsMatch(cell) ? cell[1..] : cell;

    [GeneratedRegex("^'*[=+\\-@\t\r]", RegexOptions.CultureInvariant)]
    private static partial Regex Formula();
}
