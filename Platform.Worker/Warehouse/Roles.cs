using Npgsql;

namespace Platform.Worker.Warehouse;

/// <summary>
/// Creates the reading roles. Roles belong to the server, not to the database, so another database's Worker may be doing the same now.
/// </summary>
internal static class Roles
{
    private const string PasswordSetting = "platform.password";

    /// <summary>Creates the role unless it is there, and sets its password when one is given.</summary>
    public static async Task EnsureAsync(
        NpgsqlConnection connection, string role, string? password, CancellationToken cancellationToken)
    {
        // internal_error is "tuple concurrently updated": the other database's Worker altered the same role. It is caught in the server
        // because Npgsql closes a connection that reports it. The password comes as a parameter, by way of a setting that ends with the batch:
        // statements are exported with the traces, and the server may log them.
        var body = $"""
            begin
                for attempt in 1..50 loop
                    begin
                        if not exists (select from pg_roles where rolname = {Sql.Literal(role)}) then
                            create role {Sql.Identifier(role)} login nosuperuser nocreatedb nocreaterole noinherit;
                        end if;
                        {(password is null ? "" : $"execute format('alter role %I with login password %L', {Sql.Literal(role)}, current_setting('{PasswordSetting}'));")}
                        return;
                    exception when duplicate_object or unique_violation or internal_error then
                        if attempt = 50 then
                            raise;
                        end if;
                        perform pg_sleep(0.02);
                    end;
                end loop;
            end
            """;

        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new($"select set_config('{PasswordSetting}', $1, true)") { Parameters = { new() { Value = password ?? "" } } },
                new($"do {Sql.Literal(body)}"),
            },
        };
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>
    /// Lets a Microsoft Entra principal log in as the role with a token. Works on Azure Database for PostgreSQL, for a connection that is
    /// itself a Microsoft Entra administrator; see
    /// https://learn.microsoft.com/azure/postgresql/flexible-server/how-to-manage-azure-ad-users.
    /// </summary>
    public static async Task MapToEntraAsync(
        NpgsqlConnection connection, string role, EntraPrincipal principal, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(EntraMapping(role, principal), connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The statement of <see cref="MapToEntraAsync"/>.</summary>
    public static string EntraMapping(string role, EntraPrincipal principal) =>
        $"security label for \"pgaadauth\" on role {Sql.Identifier(role)} is {Sql.Literal($"aadauth,oid={principal.ObjectId:D},type={principal.Type}")}";
}
