using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Compile;

/// <summary>Puts ephemeral models into a query as common table expressions, as dbt does: <c>__dbt__cte__alias</c>.</summary>
internal static class EphemeralCtes
{
    public const string Prefix = "__dbt__cte__";

    /// <summary>The expression's name: by the model's alias, so that the project has a say in it.</summary>
    public static string NameOf(Node ephemeral) => Prefix + ephemeral.Alias;

    /// <summary>A model as a common table expression.</summary>
    public static string Expression(string name, string sql) => $" {name} as (\n{sql}\n)";

    public static string Inject(string sql, IReadOnlyList<(string Name, string Sql)> ctes)
    {
        if (ctes.Count == 0)
        {
            return sql;
        }

        var expressions = string.Join(", ", ctes.Select(cte => Expression(cte.Name, cte.Sql)));
        var start = SkipBlanks(sql, 0);
        if (!IsWord(sql, start, "with"))
        {
            var first = SkipSpaces(sql, 0);
            return $"{sql[..first]}with{expressions} {sql[first..]}";
        }

        var afterWith = SkipSpaces(sql, start + "with".Length);
        if (IsWord(sql, afterWith, "recursive"))
        {
            afterWith = SkipSpaces(sql, afterWith + "recursive".Length);
        }

        return $"{sql[..afterWith]}{expressions}, {sql[afterWith..]}";
    }

    private static int SkipSpaces(string sql, int at)
    {
        while (at < sql.Length && char.IsWhiteSpace(sql[at]))
        {
            at++;
        }

        return at;
    }

    /// <summary>Blanks and comments.</summary>
    private static int SkipBlanks(string sql, int at)
    {
        while (at < sql.Length)
        {
            if (char.IsWhiteSpace(sql[at]))
            {
                at++;
            }
            else if (sql.AsSpan(at).StartsWith("--"))
            {
                var end = sql.IndexOf('\n', at);
                at = end < 0 ? sql.Length : end;
            }
            else if (sql.AsSpan(at).StartsWith("/*"))
            {
                var end = sql.IndexOf("*/", at, StringComparison.Ordinal);
                at = end < 0 ? sql.Length : end + 2;
            }
            else
            {
                break;
            }
        }

        return at;
    }

    private static bool IsWord(string sql, int at, string word) =>
        sql.AsSpan(at).StartsWith(word, StringComparison.OrdinalIgnoreCase)
        && (at + word.Length == sql.Length || !char.IsLetterOrDigit(sql[at + word.Length]));
}
