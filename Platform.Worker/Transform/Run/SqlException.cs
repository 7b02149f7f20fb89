using Npgsql;

namespace Platform.Worker.Transform.Run;

/// <summary>The server refused a statement: the SQL text that was sent and the place in it.</summary>
internal sealed class SqlException(string sql, int offset, PostgresException fault) : Exception(fault.MessageText, fault)
{
    public string Sql { get; } = sql;

    /// <summary>Index into <see cref="Sql"/>, or -1 when the server names no place.</summary>
    public int Position { get; } = fault.Position > 0 ? Math.Min(offset + fault.Position - 1, sql.Length) : -1;

    public PostgresException Fault { get; } = fault;
}
