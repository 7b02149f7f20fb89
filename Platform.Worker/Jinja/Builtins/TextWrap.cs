using System.Text.RegularExpressions;

namespace Platform.Worker.Jinja.Builtins;

/// <summary>Python's <c>textwrap.wrap()</c> as the filter <c>wordwrap</c> uses it.</summary>
internal static partial class TextWrap
{
    public static List<string> Wrap(string text, int width, bool breakLongWords, bool breakOnHyphens)
    {
        var pattern = breakOnHyphens ? Words() : Blanks();
        var chunks = new Stack<string>(pattern.Split(text).Where(static chunk => chunk.Length > 0).Reverse());
        var lines = new List<string>();
        while (chunks.Count > 0)
        {
            var line = new List<string>();
            var length = 0;
            if (lines.Count > 0 && string.IsNullOrWhiteSpace(chunks.Peek()))
            {
                chunks.Pop();
            }

            while (chunks.Count > 0 && length + chunks.Peek().Length <= width)
            {
                length += chunks.Peek().Length;
                line.Add(chunks.Pop());
            }

            if (chunks.Count > 0 && chunks.Peek().Length > width)
            {
                LongWord(chunks, line, width - length, width, breakLongWords, breakOnHyphens);
            }

            if (line.Count > 0 && string.IsNullOrWhiteSpace(line[^1]))
            {
                line.RemoveAt(line.Count - 1);
            }

            if (line.Count > 0)
            {
                lines.Add(string.Concat(line));
            }
        }

        return lines;
    }

    private static void LongWord(Stack<string> chunks, List<string> line, int room, int width, bool breakLongWords, bool breakOnHyphens)
    {
        if (breakLongWords)
        {
            var chunk = chunks.Pop();
            var end = width < 1 ? 1 : room;
            if (breakOnHyphens && chunk.Length > room)
            {
                var hyphen = room > 0 ? chunk.LastIndexOf('-', room - 1) : -1;
                if (hyphen > 0 && chunk.AsSpan(0, hyphen).ContainsAnyExcept('-'))
                {
                    end = hyphen + 1;
                }
            }

            line.Add(chunk[..end]);
            chunks.Push(chunk[end..]);
        }
        else if (line.Count == 0)
        {
            line.Add(chunks.Pop());
        }
    }

    // As in textwrap.TextWrapper.wordsep_re.
    [GeneratedRegex(
        """([\t\n\v\f\r ]+|(?<=[\w!"'&.,?])-{2,}(?=\w)|[^\t\n\v\f\r ]+?(?:-(?:(?<=[^\W\d_]{2}-)|(?<=[^\W\d_]-[^\W\d_]-))(?=[^\W\d_]-?[^\W\d_])|(?=[\t\n\v\f\r ]|\z)|(?<=[\w!"'&.,?])(?=-{2,}\w)))""",
        RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Words();

    [GeneratedRegex(@"([\t\n\v\f\r ]+)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Blanks();
}
