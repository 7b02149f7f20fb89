using System.Collections.Immutable;
using System.Text;

namespace Platform.Metrics.Plan;

/// <summary>Finds the metrics' names in the SQL of a derived metric, leaving texts, quoted names, functions and comments alone.</summary>
internal static class DerivedExpression
{
    /// <summary>The expression cut at the names: SQL, or a name.</summary>
    public static ImmutableArray<(string Sql, string? Name)> Cut(string expr, IReadOnlySet<string> names)
    {
        var parts = ImmutableArray.CreateBuilder<(string, string?)>();
        var sql = new StringBuilder();
        var at = 0;
        while (at < expr.Length)
        {
            var character = expr[at];
            if (character is '\'' or '"')
            {
                var end = expr.IndexOf(character, at + 1);
                end = end < 0 ? expr.Length - 1 : end;
                sql.Append(expr, at, end - at + 1);
                at = end + 1;
            }
            else if (char.IsLetter(character) || character == '_')
            {
                var start = at;
                while (at < expr.Length && (char.IsLetterOrDigit(expr[at]) || expr[at] == '_'))
                {
                    at++;
                }

                var word = expr[start..at];
                if (names.Contains(word) && !IsFunction(expr, at) && !IsMember(expr, start))
                {
                    parts.Add((sql.ToString(), null));
                    parts.Add(("", word));
                    sql.Clear();
                }
                else
                {
                    sql.Append(word);
                }
            }
            else
            {
                sql.Append(character);
                at++;
            }
        }

        parts.Add((sql.ToString(), null));
        return [.. parts.Where(part => part.Item2 is not null || part.Item1.Length > 0)];
    }

    private static bool IsFunction(string expr, int at) => expr.AsSpan(at).TrimStart().StartsWith("(");

    private static bool IsMember(string expr, int start) => start > 0 && expr[start - 1] is '.' or ':';
}
