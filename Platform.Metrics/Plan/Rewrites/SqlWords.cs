using System.Collections.Frozen;

namespace Platform.Metrics.Plan.Rewrites;

/// <summary>
/// Looks through the SQL between the values of a condition. A definition may write any SQL there, also a column's bare name, which another relation
/// does not have or means something else by.
/// </summary>
internal static class SqlWords
{
    private static readonly FrozenSet<string> Known =
        """
        all and any as asc at between bigint boolean case cast date decimal desc distinct double else end escape false filter from ilike in integer
        interval is like not null numeric or over precision similar text then time timestamp timestamptz to true varchar when zone
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the text holds nothing but operators, literals, words of the language and functions' names.</summary>
    public static bool NameNoColumn(string sql)
    {
        for (var at = 0; at < sql.Length;)
        {
            if (sql[at] == '\'')
            {
                var end = sql.IndexOf('\'', at + 1);
                if (end < 0)
                {
                    return false;
                }

                at = end + 1;
            }
            else if (char.IsAsciiDigit(sql[at]) || sql[at] == '.')
            {
                at++;
            }
            else if (char.IsLetter(sql[at]) || sql[at] is '_' or '"' or '$')
            {
                var start = at;
                while (at < sql.Length && (char.IsLetterOrDigit(sql[at]) || sql[at] == '_'))
                {
                    at++;
                }

                if (at == start || (!Known.Contains(sql[start..at]) && !sql.AsSpan(at).TrimStart().StartsWith("(")))
                {
                    return false;
                }
            }
            else if (sql.AsSpan(at).StartsWith("--") || sql.AsSpan(at).StartsWith("/*"))
            {
                return false;
            }
            else
            {
                at++;
            }
        }

        return true;
    }
}
