using Npgsql;

namespace Platform.Worker.Tests.Pipeline;

/// <summary>What the facts and the published relations hold, whatever was run, killed or repeated to get there.</summary>
internal static class WarehouseContent
{
    /// <returns>Rows and a hash of the rows, of every table and view of the fact schemas and of analytics.</returns>
    public static async Task<SortedDictionary<string, string>> OfAsync(NpgsqlDataSource warehouse, CancellationToken cancellationToken)
    {
        var relations = new List<(string Name, string Columns)>();
        // Which load a row came with is the run's history, not its content.
        await using (var command = warehouse.CreateCommand("""
            select format('%I.%I', table_schema, table_name), string_agg(format('%I', column_name), ', ' order by column_name)
            from information_schema.columns
            where table_schema in ('sales', 'operations', 'finance', 'analytics') and column_name <> '_load'
            group by table_schema, table_name
            """))
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                relations.Add((reader.GetString(0), reader.GetString(1)));
            }
        }

        var content = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, columns) in relations)
        {
            await using var command = warehouse.CreateCommand(
                $"select count(*) || ' rows ' || coalesce(md5(string_agg(hash, '' order by hash)), '') from (select md5(row({columns})::text) as hash from {name}) rows");
            content[name] = (string)(await command.ExecuteScalarAsync(cancellationToken))!;
        }
        return content;
    }
}
