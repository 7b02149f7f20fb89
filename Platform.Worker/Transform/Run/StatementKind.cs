namespace Platform.Worker.Transform.Run;

/// <summary>What a statement means for the session that sends it.</summary>
internal enum StatementKind
{
    Ordinary,

    /// <summary>A select.</summary>
    Question,
    Begin,
    Commit,
    Rollback,

    /// <summary>Cannot run in a transaction block, or ends transactions itself: it travels alone.</summary>
    Alone,

    /// <summary>Changes settings or the role of the session.</summary>
    Setting,

    TemporaryTable,
}

internal static class StatementKinds
{
    public static StatementKind Of(string sql)
    {
        var words = SqlStatements.FirstWords(sql, 4).ConvertAll(word => word.ToLowerInvariant());
        return words switch
        {
            ["begin", ..] or ["start", "transaction", ..] => StatementKind.Begin,
            ["commit", ..] or ["end", ..] => StatementKind.Commit,
            ["rollback" or "abort", not "to", ..] or ["rollback" or "abort"] => StatementKind.Rollback,
            ["set" or "reset", not "local", ..] => StatementKind.Setting,
            ["create", "temp" or "temporary", ..] or ["create", "local" or "global" or "or", "temp" or "temporary", ..] => StatementKind.TemporaryTable,
            ["vacuum" or "reindex" or "cluster" or "call" or "do", ..] or ["alter", "system", ..] or ["create" or "drop", "database" or "tablespace" or "subscription", ..] =>
                StatementKind.Alone,
            ["create", "index", "concurrently", ..] or ["create", "unique", "index", "concurrently"] or ["drop", "index", "concurrently", ..] => StatementKind.Alone,
            ["select", ..] when sql.Contains("set_config", StringComparison.OrdinalIgnoreCase) => StatementKind.Setting,
            ["select", ..] => StatementKind.Question,
            _ => StatementKind.Ordinary,
        };
    }
}
