using System.Collections.Immutable;
using Npgsql;
using Platform.Metrics.Sql;

namespace Platform.Metrics.Catalogue;

/// <summary>Reads the current publication's catalogue, and asks the database for the type of every expression in it.</summary>
internal static class CatalogueLoad
{
    private const string Savepoint = "model";

    /// <param name="connection">In a transaction; reads what is current in it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="placeOf">Where the rows of a published relation are; null when they are there.</param>
    /// <exception cref="NothingPublishedException">There is no publication yet.</exception>
    /// <exception cref="CatalogueException">The catalogue cannot be read.</exception>
    /// <exception cref="NpgsqlException">The database does not answer, or not in time.</exception>
    public static async Task<MetricCatalogue> ReadAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken, Func<Relation, Relation>? placeOf = null)
    {
        var (publication, semanticManifest, manifest) = await PublicationAsync(connection, cancellationToken);
        var definitions = CatalogueReader.Read(semanticManifest);
        placeOf ??= relation => relation;
        var models = ImmutableArray.CreateBuilder<SemanticModel>();
        foreach (var model in definitions.Models)
        {
            models.Add(model.Fault is null ? await TypedAsync(model, placeOf, connection, cancellationToken) : model);
        }

        var spines = ImmutableArray.CreateBuilder<TimeSpine>();
        foreach (var spine in definitions.TimeSpines)
        {
            spines.Add(await TypedAsync(spine, placeOf, connection, cancellationToken));
        }

        var rollups = ImmutableArray.CreateBuilder<Rollup>();
        foreach (var rollup in definitions.Rollups)
        {
            string[] columns = [.. rollup.Keys.Select(key => key.Column), .. rollup.Values.Select(value => value.Column)];
            if ((await TypesAsync(placeOf(rollup.Relation), [.. columns.Select(SqlName.Quote)], connection, cancellationToken)).Types is not null)
            {
                rollups.Add(rollup with { Bytes = await BytesAsync(placeOf(rollup.Relation), connection, cancellationToken) });
            }
        }

        return new MetricCatalogue(
            publication,
            definitions with { Models = models.ToImmutable(), TimeSpines = spines.ToImmutable(), Rollups = rollups.ToImmutable() },
            MartDescriptions.Read(manifest));
    }

    private static async Task<long> BytesAsync(Relation relation, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select pg_relation_size(to_regclass($1))", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = SqlName.Quote(relation.Schema, relation.Name) });
        return await command.ExecuteScalarAsync(cancellationToken) as long? ?? long.MaxValue;
    }

    private static async Task<(Publication, string SemanticManifest, string Manifest)> PublicationAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select publication_id, published_at, invocation_id,
                   -- A publication names the days that it built; what earlier ones of the project built is still there.
                   (select min(data_date_from) from meta.publication p where p.project_name is not distinct from c.project_name),
                   (select max(data_date_to) from meta.publication p where p.project_name is not distinct from c.project_name),
                   project_version, semantic_manifest::text, manifest::text
            from meta.publication c
            where is_current
            """,
            connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            throw new NothingPublishedException();
        }

        var publication = new Publication(
            reader.GetInt64(0),
            reader.GetFieldValue<DateTimeOffset>(1),
            reader.GetGuid(2),
            reader.IsDBNull(3) ? null : reader.GetFieldValue<DateOnly>(3),
            reader.IsDBNull(4) ? null : reader.GetFieldValue<DateOnly>(4),
            reader.IsDBNull(5) ? null : reader.GetString(5));
        return (publication, reader.GetString(6), reader.GetString(7));
    }

    /// <summary>The model with its types; with a fault when its relation or one of its expressions is not there.</summary>
    private static async Task<SemanticModel> TypedAsync(
        SemanticModel model, Func<Relation, Relation> placeOf, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // "*" and constants are only counted.
        string[] expressions =
        [
            .. model.Entities.Select(entity => entity.Expr),
            .. model.Dimensions.Select(dimension => dimension.Expr),
            .. model.Measures.Select(measure => measure.Expr == "*" ? "1" : measure.Expr),
        ];
        var (types, fault) = await TypesAsync(placeOf(model.Relation), expressions, connection, cancellationToken);
        return types is null ? model with { Fault = $"semantic model '{model.Name}' does not fit {fault}" } : Typed(model, types);
    }

    private static async Task<TimeSpine> TypedAsync(
        TimeSpine spine, Func<Relation, Relation> placeOf, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        string[] columns = [spine.Column, .. spine.CustomGrains.Select(grain => grain.Column)];
        var (types, fault) = await TypesAsync(placeOf(spine.Relation), columns, connection, cancellationToken);
        return types is null
            ? spine with { Fault = $"the time spine does not fit {fault}" }
            : spine with { DataType = types[0], CustomGrains = [.. spine.CustomGrains.Select((grain, at) => grain with { DataType = types[at + 1] })] };
    }

    /// <summary>Types of expressions over a relation; a fault when the relation or one of the expressions is not there.</summary>
    private static async Task<(DataType[]? Types, string Fault)> TypesAsync(
        Relation relation, string[] expressions, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var sql = $"select {string.Join(", ", expressions.Select(expression => $"({expression})").DefaultIfEmpty("1"))} " +
            $"from {SqlName.Quote(relation.Schema, relation.Name)} limit 0";
        await ExecuteAsync($"savepoint {Savepoint}");
        try
        {
            return (await TypesAsync(sql, connection, cancellationToken), "");
        }
        catch (PostgresException exception) when (IsOfTheModel(exception))
        {
            return (null, $"{relation.Schema}.{relation.Name}: {exception.MessageText}.");
        }
        finally
        {
            // Also gives back the lock on the relation, so that a publisher never waits for a catalogue.
            await ExecuteAsync($"rollback to savepoint {Savepoint}");
        }

        async Task ExecuteAsync(string statement)
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>The catalogue is kept: what passes, such as a lock that was held too long, must not become a fault of the model in it.</summary>
    private static bool IsOfTheModel(PostgresException exception) => !exception.IsTransient && exception.SqlState != PostgresErrorCodes.QueryCanceled;

    private static async Task<DataType[]> TypesAsync(string sql, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return [.. Enumerable.Range(0, reader.FieldCount).Select(at => DataTypes.FromPostgres(reader.GetDataTypeName(at)))];
    }

    private static SemanticModel Typed(SemanticModel model, DataType[] types)
    {
        var (dimensions, measures) = (model.Entities.Length, model.Entities.Length + model.Dimensions.Length);
        return model with
        {
            Entities = [.. model.Entities.Select((entity, at) => entity with { DataType = types[at] })],
            Dimensions = [.. model.Dimensions.Select((dimension, at) => dimension with { DataType = types[dimensions + at] })],
            Measures = [.. model.Measures.Select((measure, at) => measure with { ExprType = types[measures + at] })],
        };
    }
}
