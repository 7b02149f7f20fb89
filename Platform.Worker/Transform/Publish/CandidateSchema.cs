using Npgsql;
using Platform.Worker.Transform.Run;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Transform.Publish;

/// <summary>The schema that a build fills. Emptied by the next build, not by the one that failed: its content is for inspection.</summary>
internal sealed class CandidateSchema(string schema, string applicationName, ILogger logger)
{
    /// <summary>Ends sessions that a killed build left behind and drops what is in the schema. Call it under the build lock.</summary>
    /// <exception cref="TransformException">Somebody's view elsewhere reads a candidate; it would have to be dropped with it.</exception>
    public async Task PrepareAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var leftovers = new NpgsqlCommand(
            """
            select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity
            where datname = current_database() and usename = current_user and application_name = $1 and pid <> pg_backend_pid()
              and state = 'active'
            """, connection);
        leftovers.Parameters.Add(new NpgsqlParameter<string> { TypedValue = applicationName });
        if (await leftovers.ExecuteScalarAsync(cancellationToken) is long ended and > 0)
        {
            Log.LeftoversEnded(logger, (int)ended);
        }

        await using var list = new NpgsqlCommand(
            $"""
            create schema if not exists {Sql.Identifier(schema)};
            select c.oid, c.relname, c.relkind from pg_class c
            where c.relnamespace = {Sql.Literal(schema)}::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
            """, connection);
        var relations = new List<(uint Oid, string Name, char Kind)>();
        await using (var reader = await list.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                relations.Add((reader.GetFieldValue<uint>(0), reader.GetString(1), reader.GetFieldValue<char>(2)));
            }
        }

        if (relations.Count == 0)
        {
            return;
        }

        var outside = (await DependentView.FindAsync(connection, [.. relations.Select(relation => relation.Oid)], cancellationToken))
            .Where(view => view.Schema != schema).ToList();
        if (outside.Count > 0)
        {
            throw new TransformException(
                new SourceLocation(string.Join(", ", outside.Select(view => $"{view.Schema}.{view.Name}"))),
                $"reads what a former build left in schema '{schema}', which the next build empties. Drop the view, or let it read the published relation.");
        }

        var drops = relations.Select(relation => $"drop {DependentView.Word(relation.Kind)} if exists {Sql.Identifier(schema, relation.Name)} cascade");
        await using var drop = new NpgsqlCommand(string.Join(";\n", drops), connection) { CommandTimeout = 0 };
        await drop.ExecuteNonQueryAsync(cancellationToken);
    }
}
