using Npgsql;

namespace Platform.EndToEnd.Tests.Embedded;

/// <summary>What a warehouse holds, in a form that two of them can be compared by.</summary>
internal static class WarehouseContent
{
    /// <summary>Facts and published tables: rows and a hash over them in no particular order, without the numbers of the loads that brought them.</summary>
    public static async Task<SortedDictionary<string, string>> ReadAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var warehouse = NpgsqlDataSource.Create(connectionString);
        List<(string Relation, string Columns)> relations = [];
        await using (var list = warehouse.CreateCommand("""
            select format('%I.%I', n.nspname, c.relname), string_agg(format('%I', a.attname), ', ' order by a.attname)
            from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attname <> '_load'
            where n.nspname in ('sales', 'operations', 'finance', 'analytics') and c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition
            group by 1
            """))
        await using (var reader = await list.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                relations.Add((reader.GetString(0), reader.GetString(1)));
            }
        }

        var content = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (relation, columns) in relations)
        {
            await using var hash = warehouse.CreateCommand(
                $"select count(*) || ' rows ' || coalesce(sum(hashtextextended(r::text, 0)::numeric), 0) from (select {columns} from {relation}) r");
            content.Add(relation, (string)(await hash.ExecuteScalarAsync(cancellationToken))!);
        }

        return content;
    }

    /// <summary>The newest load: a start that loads nothing leaves it as it is.</summary>
    public static async Task<long> LastLoadAsync(string connectionString, CancellationToken cancellationToken) =>
        (long)(await ScalarAsync(connectionString, "select coalesce(max(load_id), 0) from meta.partition_load", cancellationToken))!;

    /// <summary>Whether a load has been committed; false also while the tables are not there yet.</summary>
    public static async Task<bool> HasLoadsAsync(string connectionString, CancellationToken cancellationToken)
    {
        try
        {
            return await LastLoadAsync(connectionString, cancellationToken) > 0;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            return false;
        }
    }

    private static async Task<object?> ScalarAsync(string connectionString, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellationToken);
    }
}
