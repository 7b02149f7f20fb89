using Npgsql;

namespace Platform.Worker.Transform.Run;

/// <summary>Tells an outage of the warehouse, which a retry may cure and which ends the build, from a statement the server refuses.</summary>
internal static class Outage
{
    /// <summary>
    /// Classes 08 connection, 53 resources, 57 operator intervention, 58 system error; and everything that is no answer at all. A statement that
    /// was cancelled because it took longer than statement_timeout is refused: it would take as long again.
    /// </summary>
    public static bool Is(NpgsqlException fault) =>
        fault is not PostgresException { SqlState: var state } || (state[..2] is "08" or "53" or "57" or "58" && state != PostgresErrorCodes.QueryCanceled);
}
