using Npgsql;
using Platform.ServiceDefaults;

namespace Platform.Worker.Warehouse;

/// <summary>Who may read what: <c>platform_api</c> reads <c>analytics</c> and <c>meta</c>, <c>bi_reader</c> reads <c>analytics</c>.</summary>
internal static class Grants
{
    private static readonly (string Role, string[] Schemas)[] Readers =
    [
        (WarehouseNames.ApiRole, [WarehouseNames.Analytics, WarehouseNames.Meta]),
        (WarehouseNames.BiReaderRole, [WarehouseNames.Analytics]),
    ];

    /// <summary>
    /// Two sessions that grant on the same table at once, or grant and drop or move it, fail with "tuple concurrently updated". Part of
    /// <see cref="Statements"/>; who changes relations before that runs it first. The lock ends with the transaction.
    /// </summary>
    public const string OneAtATime = "select pg_advisory_xact_lock(hashtextextended('platform.grants', 0))";

    /// <summary>
    /// Applies the grants to the schemas, to every table and view in them and, by default privileges, to those that the connected role
    /// creates there later. A table that is moved into a schema gets no default privileges: the mover calls this in its transaction.
    /// </summary>
    public static async Task ApplyAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Statements, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The statements of <see cref="ApplyAsync"/>, for callers that send them with others in one transaction.</summary>
    public static string Statements { get; } = OneAtATime + ";\n" + string.Join('\n', Readers.SelectMany(reader => reader.Schemas.Select(schema =>
        $"""
        grant usage on schema {Sql.Identifier(schema)} to {Sql.Identifier(reader.Role)};
        grant select on all tables in schema {Sql.Identifier(schema)} to {Sql.Identifier(reader.Role)};
        alter default privileges in schema {Sql.Identifier(schema)} grant select on tables to {Sql.Identifier(reader.Role)};
        """)));
}
