namespace Platform.Worker.Contracts.Parsing;

/// <summary>The <c>format</c> of a text, as the pattern that it stands for.</summary>
internal static class TextFormats
{
    private const string Octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private const string Label = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";

    private static readonly Dictionary<string, string> Patterns = new(StringComparer.Ordinal)
    {
        ["uuid"] = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}",
        ["email"] = $@"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{Label}(?:\.{Label})+",
        ["uri"] = @"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>""{}|\\^`]+",
        ["hostname"] = $@"{Label}(?:\.{Label})*",
        ["ipv4"] = $@"{Octet}(?:\.{Octet}){{3}}",
    };

    /// <summary>The format's pattern; null when the options name none or one that is not implemented.</summary>
    public static string? Pattern(ContractNode options, string column)
    {
        if (options.Text("format") is not { } format)
        {
            return null;
        }

        if (Patterns.TryGetValue(format, out var pattern))
        {
            return pattern;
        }

        options.Report(
            "format",
            $"column '{column}': format '{format}' is not implemented: remove it or write a pattern. Implemented: {string.Join(", ", Patterns.Keys)}.");
        return null;
    }
}
