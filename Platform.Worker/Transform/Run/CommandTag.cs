using Npgsql;

namespace Platform.Worker.Transform.Run;

/// <summary>What the server says a statement did: <c>SELECT 100</c>, <c>CREATE VIEW</c>. dbt shows it as the node's message.</summary>
internal static class CommandTag
{
    public static string Of(NpgsqlBatchCommand command) => command.StatementType switch
    {
        StatementType.Select or StatementType.CreateTableAs => $"SELECT {command.Rows}",
        StatementType.Insert => $"INSERT 0 {command.Rows}",
        StatementType.Update => $"UPDATE {command.Rows}",
        StatementType.Delete => $"DELETE {command.Rows}",
        StatementType.Merge => $"MERGE {command.Rows}",
        StatementType.Call => "CALL",
        _ => Words(command.CommandText),
    };

    /// <summary>True for the tags that count rows.</summary>
    public static bool CountsRows(string tag) => tag.Length > 0 && char.IsAsciiDigit(tag[^1]);

    /// <summary>The tag without its numbers, as dbt's adapter response has it.</summary>
    public static string Code(string tag) => string.Join(' ', tag.Split(' ').Where(word => !word.All(char.IsAsciiDigit)));

    // The server's own tag of a DDL statement is not passed on by the driver.
    private static string Words(string sql)
    {
        var words = SqlStatements.FirstWords(sql, 5).Select(word => word.ToUpperInvariant()).ToList();
        words.RemoveAll(word => word is "OR" or "REPLACE" or "TEMPORARY" or "TEMP" or "UNLOGGED" or "UNIQUE" or "RECURSIVE");
        var length = words switch
        {
            ["CREATE" or "DROP" or "ALTER" or "REFRESH", "MATERIALIZED", ..] => 3,
            ["CREATE" or "DROP" or "ALTER", ..] => 2,
            ["TRUNCATE", ..] => 0,
            _ => 1,
        };
        return length == 0 ? "TRUNCATE TABLE" : string.Join(' ', words.Take(length));
    }
}
