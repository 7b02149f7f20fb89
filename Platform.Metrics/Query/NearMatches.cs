namespace Platform.Metrics.Query;

/// <summary>Names that a reader may have meant: few edits away, or the same in part.</summary>
internal static class NearMatches
{
    private const int Most = 3;

    public static IReadOnlyList<string> Of(string asked, IEnumerable<string> known)
    {
        var folded = Fold(asked);
        return
        [
            .. known.Distinct()
                .Select(name => (Name: name, Distance: Distance(folded, Fold(name))))
                .Where(match => match.Distance <= Math.Max(1, folded.Length / 3.0))
                .OrderBy(match => match.Distance)
                .ThenBy(match => match.Name, StringComparer.Ordinal)
                .Take(Most)
                .Select(match => match.Name),
        ];
    }

    private static string Fold(string name) => name.Replace('-', '_').ToUpperInvariant();

    /// <summary>Edits between the two; a name that holds the other's last part, as in <c>region</c> and <c>customer__region</c>, is near.</summary>
    private static double Distance(string asked, string name)
    {
        var edits = Edits(asked, name);
        var askedEnd = asked[(asked.LastIndexOf("__", StringComparison.Ordinal) is var at and >= 0 ? at + 2 : 0)..];
        var contains = askedEnd.Length > 2
            && (name.EndsWith("__" + askedEnd, StringComparison.Ordinal) || name.Split('_').Contains(askedEnd, StringComparer.Ordinal));
        return contains ? Math.Min(edits, 1 + (edits / 100.0)) : edits;
    }

    /// <summary>Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).</summary>
    private static int Edits(string a, string b)
    {
        // Lengths are those of names; a request's text is cut so that no request buys quadratic work.
        a = a.Length > 100 ? a[..100] : a;
        b = b.Length > 100 ? b[..100] : b;
        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    table[i, j] = i + j;
                    continue;
                }

                var replace = table[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                table[i, j] = Math.Min(replace, Math.Min(table[i - 1, j], table[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
                }
            }
        }

        return table[a.Length, b.Length];
    }
}
