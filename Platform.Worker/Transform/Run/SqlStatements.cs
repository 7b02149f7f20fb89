namespace Platform.Worker.Transform.Run;

/// <summary>Part of a text that is one SQL statement; <see cref="Offset"/> leads an error position back to the whole text.</summary>
internal readonly record struct SqlStatement(string Text, int Offset);

/// <summary>
/// Splits text at the semicolons that end statements: not those in strings, quoted identifiers, dollar quotes, comments, parentheses, or
/// the body of a SQL-standard function (BEGIN ATOMIC ... END).
/// </summary>
internal static class SqlStatements
{
    public static List<SqlStatement> Split(string sql)
    {
        var statements = new List<SqlStatement>();
        var (start, depth, hasText, atomic) = (0, 0, false, 0);
        var at = 0;
        while (at < sql.Length)
        {
            var character = sql[at];
            var next = at + 1 < sql.Length ? sql[at + 1] : '\0';
            if (character == '-' && next == '-')
            {
                at = IndexOrEnd(sql, '\n', at);
                continue;
            }

            if (character == '/' && next == '*')
            {
                at = SkipBlockComment(sql, at);
                continue;
            }

            if (character == ';' && depth <= 0 && atomic == 0)
            {
                Take(at);
                (start, depth, hasText) = (at + 1, 0, false);
                at++;
                continue;
            }

            hasText |= !char.IsWhiteSpace(character);
            switch (character)
            {
                case '(':
                    depth++;
                    at++;
                    break;
                case ')':
                    depth--;
                    at++;
                    break;
                case '\'':
                    var escapes = at > 0 && sql[at - 1] is 'e' or 'E' && (at < 2 || !IsWord(sql[at - 2]));
                    at = SkipQuoted(sql, at, '\'', escapes);
                    break;
                case '"':
                    at = SkipQuoted(sql, at, '"', false);
                    break;
                case '$' when at == 0 || !IsWord(sql[at - 1]):
                    at = SkipDollarQuoted(sql, at);
                    break;
                case var letter when char.IsAsciiLetter(letter):
                    var end = at;
                    while (end < sql.Length && IsWord(sql[end]))
                    {
                        end++;
                    }

                    atomic = Nesting(sql, at, end, atomic);
                    // The quote of E'...' follows its letter directly and is looked at with it.
                    at = end;
                    break;
                default:
                    at++;
                    break;
            }
        }

        Take(sql.Length);
        return statements;

        void Take(int end)
        {
            if (hasText)
            {
                statements.Add(new SqlStatement(sql[start..end], start));
            }
        }
    }

    /// <summary>The first words of a statement, blanks and comments passed over; fewer where something else than a word comes.</summary>
    public static List<string> FirstWords(string sql, int count)
    {
        var words = new List<string>(count);
        var at = 0;
        while (at < sql.Length && words.Count < count)
        {
            if (char.IsWhiteSpace(sql[at]) || sql[at] == '(')
            {
                at++;
            }
            else if (sql.AsSpan(at).StartsWith("--"))
            {
                at = IndexOrEnd(sql, '\n', at);
            }
            else if (sql.AsSpan(at).StartsWith("/*"))
            {
                at = SkipBlockComment(sql, at);
            }
            else
            {
                var start = at;
                while (at < sql.Length && IsWord(sql[at]))
                {
                    at++;
                }

                if (at == start)
                {
                    break;
                }

                words.Add(sql[start..at]);
            }
        }

        return words;
    }

    private static int Nesting(string sql, int start, int end, int atomic)
    {
        var word = sql.AsSpan(start, end - start);
        if (word.Equals("atomic", StringComparison.OrdinalIgnoreCase)
            && sql.AsSpan(0, start).TrimEnd().EndsWith("begin", StringComparison.OrdinalIgnoreCase))
        {
            return 1;
        }

        if (atomic > 0 && word.Equals("case", StringComparison.OrdinalIgnoreCase))
        {
            return atomic + 1;
        }

        return atomic > 0 && word.Equals("end", StringComparison.OrdinalIgnoreCase) ? atomic - 1 : atomic;
    }

    private static int SkipQuoted(string sql, int at, char quote, bool escapes)
    {
        for (at++; at < sql.Length; at++)
        {
            if (escapes && sql[at] == '\\')
            {
                at++;
            }
            else if (sql[at] == quote)
            {
                return at + 1;
            }
        }

        return sql.Length;
    }

    private static int SkipDollarQuoted(string sql, int at)
    {
        var end = at + 1;
        while (end < sql.Length && IsWord(sql[end]) && sql[end] != '$')
        {
            end++;
        }

        if (end >= sql.Length || sql[end] != '$' || char.IsDigit(sql[at + 1]))
        {
            return at + 1;
        }

        var tag = sql[at..(end + 1)];
        var close = sql.IndexOf(tag, end + 1, StringComparison.Ordinal);
        return close < 0 ? sql.Length : close + tag.Length;
    }

    private static int SkipBlockComment(string sql, int at)
    {
        var depth = 1;
        for (at += 2; at < sql.Length && depth > 0; at++)
        {
            if (sql[at] == '*' && at + 1 < sql.Length && sql[at + 1] == '/')
            {
                depth--;
                at++;
            }
            else if (sql[at] == '/' && at + 1 < sql.Length && sql[at + 1] == '*')
            {
                depth++;
                at++;
            }
        }

        return at;
    }

    private static int IndexOrEnd(string sql, char character, int at)
    {
        var index = sql.IndexOf(character, at);
        return index < 0 ? sql.Length : index;
    }

    private static bool IsWord(char character) => char.IsLetterOrDigit(character) || character is '_' or '$';
}
