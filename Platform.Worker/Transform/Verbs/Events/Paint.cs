using System.Text.RegularExpressions;

namespace Platform.Worker.Transform.Verbs.Events;

/// <summary>Colours of a terminal in a text, and the text without them.</summary>
internal static partial class Paint
{
    public static string Red(string text) => $"\u001b[31m{text}\u001b[0m";

    public static string Green(string text) => $"\u001b[32m{text}\u001b[0m";

    public static string Yellow(string text) => $"\u001b[33m{text}\u001b[0m";

    public static string Strip(string text) => text.Contains('\u001b') ? Code().Replace(text, "") : text;

    [GeneratedRegex(@"\u001b\[[0-9;]*m")]
    private static partial Regex Code();
}
