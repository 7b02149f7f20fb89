using Npgsql;
using Platform.ServiceDefaults;
using Platform.Worker.Transform.Catalog;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Project;
using Platform.Worker.Transform.Run;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Transform.Publish;

/// <summary>
/// Publishes the catalogue of a project that was built plainly, where its profile says: its relations stay as they are, and the metrics over them
/// are what readers ask from then on.
/// </summary>
internal sealed class BuiltPublication(NpgsqlDataSource dataSource, TimeProvider time, ILogger logger)
{
    private const string ApplicationName = "platform-transform-publish";
    private const string LockName = "platform.transform";

    /// <summary>Validates every metric against the built columns and makes the catalogue current; returns the publication's id.</summary>
    /// <param name="build">The project, prepared for a plain build.</param>
    /// <param name="cancellationToken">Stops before the commit; nothing is published then.</param>
    /// <exception cref="TransformException">A relation is missing or a metric does not fit: every error with file and line. Nothing is published.</exception>
    /// <exception cref="ConfigurationFaultException">The database has no schema for publications.</exception>
    public async Task<long> PublishAsync(BuildState build, CancellationToken cancellationToken)
    {
        var errors = new ProjectErrors();
        var semantics = SemanticManifest.Make(build.Project, errors);
        new SemanticValidator(semantics, errors).ValidateReferences();
        errors.ThrowIfAny();

        await using var held = await AdvisoryLock.AcquireAsync(dataSource, LockName, cancellationToken);
        await CheckSchemaAsync(held.Connection, cancellationToken);
        var columns = await Task.Run(() => Columns(build, semantics, cancellationToken), cancellationToken);
        var record = new BuildRecord(dataSource, time);
        await record.StartAsync(build.Invocation.Id, build.Invocation.StartedAt, build.Request, cancellationToken);
        try
        {
            var previous = await PreviousPublication.ReadAsync(held.Connection, build.Project.Root.Name, cancellationToken);
            var manifest = ModelManifest.Make(build, columns, new Dictionary<string, Lineage.ModelLineage>(), previous);
            var schemas = build.Project.Graph.Ordered.Where(node => columns.ContainsKey(node.UniqueId)).Select(node => node.Schema);
            var id = await new Publisher(new TransformOptions(), time, logger)
                .RecordAloneAsync(held.Connection, build, manifest, semantics.Json, [.. schemas.Distinct()], cancellationToken);

            // Not cancelled: what is published by now must not be recorded as failed.
            await record.FinishAsync(build.Invocation.Id, success: true, [], null, CancellationToken.None);
            return id;
        }
        catch (Exception fault)
        {
            await record.FinishAsync(build.Invocation.Id, success: false, [], fault.Message, CancellationToken.None);
            throw;
        }
    }

    private static async Task CheckSchemaAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"select to_regclass('{WarehouseNames.Meta}.publication') is not null", connection);
        if (await command.ExecuteScalarAsync(cancellationToken) is not true)
        {
            throw new ConfigurationFaultException(
                $"The database '{connection.Database}' has no {WarehouseNames.Meta}.publication: no Worker has prepared it. Start the Worker on it once, "
                + "or build and publish where one works.");
        }
    }

    /// <summary>The columns of what is built, by node; refuses metrics that they cannot answer.</summary>
    private Dictionary<string, IReadOnlyList<ColumnInfo>> Columns(BuildState build, SemanticManifest semantics, CancellationToken cancellationToken)
    {
        using var session = PostgresSession.Open(dataSource, ApplicationName, cancellationToken);
        var nodes = build.Project.Graph.Ordered.Where(node => node.IsRelational && node.Source is null).ToList();
        var all = WarehouseCatalog.Columns(session, nodes.Select(node => node.Schema).Distinct());
        var columns = new Dictionary<string, IReadOnlyList<ColumnInfo>>();
        foreach (var node in nodes)
        {
            if (all.TryGetValue((node.Schema, node.Alias), out var found))
            {
                columns[node.UniqueId] = found;
            }
        }

        var errors = new ProjectErrors();
        new SemanticValidator(semantics, errors).ValidateColumns(BuildState.PublishedRelation, columns, session);
        errors.ThrowIfAny();
        new MetricSqlValidator(semantics, errors).Validate(BuildState.PublishedRelation, session);
        errors.ThrowIfAny();
        return columns;
    }
}
