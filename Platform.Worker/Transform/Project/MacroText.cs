using System.Text.RegularExpressions;

namespace Platform.Worker.Transform.Project;

/// <summary>
/// What dbt reads of a macro file: its blocks. Anything between them is for people, also what is no Jinja.
/// </summary>
internal static partial class MacroText
{
    /// <summary>The text with blanks in place of what stands outside of blocks, so that lines and columns stay.</summary>
    public static string BlocksOnly(string text)
    {
        var kept = new char[text.Length];
        for (var i = 0; i < text.Length; i++)
        {
            kept[i] = text[i] is '\n' or '\r' ? text[i] : ' ';
        }

        foreach (var block in Blocks().Matches(text).Where(match => match.Groups["tag"].Success))
        {
            block.ValueSpan.CopyTo(kept.AsSpan(block.Index));
        }

        return new string(kept);
    }

    [GeneratedRegex(
        @"\{#.*?#\}|\{%[-+]?\s*(?<tag>macro|test|data_test|materialization)\b.*?\{%[-+]?\s*end\k<tag>\s*[-+]?%\}",
        RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Blocks();
}
