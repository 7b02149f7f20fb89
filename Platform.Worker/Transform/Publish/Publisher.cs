using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;
using Platform.ServiceDefaults;
using Platform.Worker.Transform.Publish.Results;
using Platform.Worker.Transform.Run;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Transform.Publish;

/// <summary>
/// Makes a build's candidates what readers see, in one transaction on the session that holds the build lock: if that session is gone, so is
/// the lock, and nothing is published.
/// </summary>
internal sealed class Publisher(TransformOptions options, TimeProvider time, ILogger logger)
{
    private const int FirstPauseMilliseconds = 50;
    private const int LongestPauseMilliseconds = 2_000;

    /// <summary>A setting of the transaction: when it began to take its locks.</summary>
    private const string LockingSince = "platform.locking_since";

    /// <summary>Publishes and returns the publication's id.</summary>
    /// <param name="connection">The session that holds the build lock.</param>
    /// <param name="build">A build in which nothing failed.</param>
    /// <param name="manifest">The models as they are published.</param>
    /// <param name="semanticManifest">The metrics that can be asked of them.</param>
    /// <param name="previous">Names that the current publication owns.</param>
    /// <param name="cancellationToken">Stops before the commit; nothing is published then.</param>
    /// <exception cref="TransformException">A relation is in the way, or somebody's view does not fit the new columns.</exception>
    /// <exception cref="TimeoutException">Readers held their locks longer than <see cref="TransformOptions.PublishPatienceSeconds"/>.</exception>
    public async Task<long> PublishAsync(
        NpgsqlConnection connection, BuildState build, JsonObject manifest, SemanticManifest semanticManifest,
        IReadOnlySet<(string Schema, string Name)> previous, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var pause = FirstPauseMilliseconds;
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var id = await RecordAsync(connection, build, manifest, semanticManifest.Json, withResults: true, cancellationToken);
        var views = await SavedQueryViews.MakeAsync(connection, build, options.Schema, logger, cancellationToken);
        var plan = await PublicationPlan.MakeAsync(connection, build, previous, views, cancellationToken);
        var results = new PublicationResults(build, semanticManifest);
        await ApplyDeltasAsync(connection, plan, results, cancellationToken);
        await results.WriteAsync(connection, id, plan, cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            await transaction.SaveAsync("flip", cancellationToken);
            var locking = time.GetTimestamp();
            try
            {
                await FlipAsync(connection, plan, build, cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                Log.Published(logger, plan.Relations, id, (long)time.GetElapsedTime(locking).TotalMilliseconds);
                return id;
            }
            catch (PostgresException fault) when (IsInTheWay(fault) || fault.SqlState == PostgresErrorCodes.DependentObjectsStillExist)
            {
                await transaction.RollbackAsync("flip", cancellationToken);
                if (fault.SqlState == PostgresErrorCodes.DependentObjectsStillExist)
                {
                    // Somebody may have made a view since the plan was made; what is no view cannot be made again.
                    var again = await PublicationPlan.MakeAsync(connection, build, previous, views, cancellationToken);
                    if (again.Restored.Select(view => view.Oid).SequenceEqual(plan.Restored.Select(view => view.Oid)))
                    {
                        throw new TransformException(
                            new SourceLocation("publish"), $"{fault.MessageText}: {fault.Detail}. Drop what depends on it, or keep the model.", fault);
                    }

                    plan = again;
                    continue;
                }

                if (time.GetElapsedTime(started) > TimeSpan.FromSeconds(options.PublishPatienceSeconds))
                {
                    throw new TimeoutException(
                        $"Readers held their locks on the published relations for more than {options.PublishPatienceSeconds} s; "
                        + "nothing was published. See pg_stat_activity for long transactions.", fault);
                }

                Log.PublishWaits(logger, attempt);
                await Task.Delay(TimeSpan.FromMilliseconds(pause), time, cancellationToken);
                pause = Math.Min(pause * 2, LongestPauseMilliseconds);
            }
        }
    }

    /// <summary>Makes a catalogue current whose relations are published already, and lets readers read them; returns the publication's id.</summary>
    public async Task<long> RecordAloneAsync(
        NpgsqlConnection connection, BuildState build, JsonObject manifest, JsonObject semanticManifest, IReadOnlyList<string> schemas,
        CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var id = await RecordAsync(connection, build, manifest, semanticManifest, withResults: false, cancellationToken);
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Grants.OneAtATime));
        foreach (var schema in schemas)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(
                $"grant usage on schema {Sql.Identifier(schema)} to {WarehouseNames.ApiRole}, {WarehouseNames.BiReaderRole}"));
            batch.BatchCommands.Add(new NpgsqlBatchCommand(
                $"grant select on all tables in schema {Sql.Identifier(schema)} to {WarehouseNames.ApiRole}, {WarehouseNames.BiReaderRole}"));
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return id;
    }

    /// <summary>Writes the deltas into the published tables: no reader waits for that, and none sees it before the commit.</summary>
    private static async Task ApplyDeltasAsync(
        NpgsqlConnection connection, PublicationPlan plan, PublicationResults results, CancellationToken cancellationToken)
    {
        foreach (var run in plan.Deltas.Where(run => !plan.IsLate(run)))
        {
            List<string> statements = [.. Statements(run)];
            if (!await results.ApplyAsync(connection, run, statements, cancellationToken))
            {
                await RunAsync(connection, run, statements, cancellationToken);
            }
        }

        foreach (var run in plan.Redirected.Where(run => !plan.IsLate(run)))
        {
            await RunAsync(connection, run, [plan.Redirect(run)], cancellationToken);
        }
    }

    /// <summary>The statements that make a published table hold the new rows.</summary>
    private static IEnumerable<string> Statements(NodeRun delta) =>
        delta.PublishAlterations.Select(alteration => $"alter table {delta.Published.Qualified} {alteration}")
            .Concat(SqlStatements.Split(delta.PublishSql!).Select(statement => statement.Text));

    /// <summary>All that readers would have to wait for, in one round trip.</summary>
    private async Task FlipAsync(NpgsqlConnection connection, PublicationPlan plan, BuildState build, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection) { Timeout = 0 };
        Add($"set local lock_timeout = {options.PublishLockTimeoutMilliseconds}");
        Add(Grants.OneAtATime);
        Add($"select set_config('{LockingSince}', clock_timestamp()::text, true)");
        Add($"lock table {WarehouseNames.Meta}.publication in access exclusive mode");

        // Views before the tables they read, as readers take their locks, too: so publisher and reader never wait for each other.
        foreach (var drop in plan.DropViews)
        {
            AddLocking(drop);
        }

        var tables = plan.Dropped.Where(relation => relation.Kind is not ('v' or 'm')).ToList();
        foreach (var table in tables.Concat(plan.Kept).Select(relation => relation.Qualified).Order(StringComparer.Ordinal))
        {
            AddLocking($"lock table {table} in access exclusive mode");
        }

        // A table's columns change under the lock only, and what reads the new ones comes after it.
        var late = new Dictionary<string, NodeRun>();
        foreach (var (run, statement) in plan.Deltas.Where(plan.IsLate).SelectMany(run => Statements(run).Select(statement => (run, statement)))
            .Concat(plan.Redirected.Where(plan.IsLate).Select(run => (run, plan.Redirect(run)))))
        {
            late[statement] = run;
            Add(statement);
        }

        foreach (var table in tables)
        {
            Add($"drop {DependentView.Word(table.Kind)} {table.Qualified}");
        }

        foreach (var delta in plan.Deltas)
        {
            // What read the candidate's view reads the published table by now.
            Add($"drop view {delta.Relation.Qualified}");
            Add($"drop table {delta.Delta!.Qualified}");
        }

        foreach (var schema in plan.Moves.Select(run => run.Published.Schema!).Distinct().Where(schema => schema != options.Schema))
        {
            Add($"create schema if not exists {Sql.Identifier(schema)}");
        }

        foreach (var run in plan.Moves)
        {
            Move(run, build);
        }

        foreach (var statement in plan.SavedQueryViews)
        {
            Add(statement);
        }

        foreach (var statement in plan.Restored.SelectMany(view => view.Restore()))
        {
            Add(statement);
        }

        foreach (var statement in SqlStatements.Split(Grants.Statements))
        {
            Add(statement.Text);
        }

        foreach (var schema in build.Project.Graph.Ordered.Where(node => node.IsRelational && node.Source is null).Select(node => node.Schema).Distinct()
            .Where(schema => schema != WarehouseNames.Analytics && plan.Moves.Any(run => run.Published.Schema == schema)))
        {
            Add($"grant usage on schema {Sql.Identifier(schema)} to {WarehouseNames.ApiRole}, {WarehouseNames.BiReaderRole}");
            Add($"grant select on all tables in schema {Sql.Identifier(schema)} to {WarehouseNames.ApiRole}, {WarehouseNames.BiReaderRole}");
        }

        try
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException fault) when (!IsInTheWay(fault) && !Outage.Is(fault) && Broken() is { } view)
        {
            throw new TransformException(
                new SourceLocation($"view {view.Schema}.{view.Name}"),
                $"reads a published model and no longer fits it: {fault.MessageText}. Nothing was published. Change or drop the view, then build again.", fault);
        }

        catch (PostgresException fault) when (!IsInTheWay(fault) && !Outage.Is(fault) && late.TryGetValue(BatchFault.FailedText(batch), out var run))
        {
            throw new TransformException([SqlErrors.ToError(new SqlException(BatchFault.FailedText(batch), 0, fault), run)], fault);
        }

        void Add(string sql) => batch.BatchCommands.Add(new NpgsqlBatchCommand(sql));

        // Readers wait for the first lock as long as publishing waits for the last one: all waits together are what the time-out bounds.
        void AddLocking(string sql)
        {
            Add($"""
                select set_config('lock_timeout', greatest(1, {options.PublishLockTimeoutMilliseconds}
                    - (extract(epoch from clock_timestamp() - current_setting('{LockingSince}')::timestamptz) * 1000)::integer)::text, true)
                """);
            Add(sql);
        }

        void Move(NodeRun run, BuildState state)
        {
            var type = state.Relations.Find(run.Relation.Schema!, run.Relation.Identifier!)?.Type;
            var word = type switch
            {
                Catalog.RelationType.View => "view",
                Catalog.RelationType.MaterializedView => "materialized view",
                _ => "table",
            };
            if (run.Relation.Identifier != run.Published.Identifier)
            {
                Add($"alter {word} {run.Relation.Qualified} rename to {Sql.Identifier(run.Published.Identifier!)}");
            }

            Add($"alter {word} {Sql.Identifier(run.Relation.Schema!, run.Published.Identifier!)} set schema {Sql.Identifier(run.Published.Schema!)}");
        }

        DependentView? Broken() => plan.Restored.FirstOrDefault(view => view.Restore().Contains(BatchFault.FailedText(batch)));
    }

    /// <summary>Somebody holds a lock that publishing needs: another try may get it.</summary>
    private static bool IsInTheWay(PostgresException fault) =>
        fault.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected;

    /// <summary>The publication's row; readers see it with the commit.</summary>
    private async Task<long> RecordAsync(
        NpgsqlConnection connection, BuildState build, JsonObject manifest, JsonObject semanticManifest, bool withResults, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("update meta.publication set is_current = false where is_current"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            insert into meta.publication
                (published_at, invocation_id, data_date_from, data_date_to, project_version, semantic_manifest, manifest, project_name, is_current, results_recorded)
            values ($1, $2, $3, $4, $5, $6, $7, $8, true, $9)
            returning publication_id
            """)
        {
            Parameters =
            {
                new NpgsqlParameter { Value = time.GetUtcNow(), NpgsqlDbType = NpgsqlDbType.TimestampTz },
                new NpgsqlParameter { Value = build.Invocation.Id },
                new NpgsqlParameter { Value = (object?)build.Request.From ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Date },
                new NpgsqlParameter { Value = (object?)build.Request.To ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Date },
                new NpgsqlParameter { Value = build.Project.Root.Version },
                new NpgsqlParameter { Value = semanticManifest.ToJsonString(), NpgsqlDbType = NpgsqlDbType.Jsonb },
                new NpgsqlParameter { Value = manifest.ToJsonString(), NpgsqlDbType = NpgsqlDbType.Jsonb },
                new NpgsqlParameter { Value = build.Project.Root.Name },
                new NpgsqlParameter { Value = withResults },
            },
        });
        return (long)(await batch.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task RunAsync(NpgsqlConnection connection, NodeRun run, IEnumerable<string> statements, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection) { Timeout = 0 };
        foreach (var statement in statements)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
        }

        try
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException fault) when (!Outage.Is(fault))
        {
            throw new TransformException([SqlErrors.ToError(new SqlException(BatchFault.FailedText(batch), 0, fault), run)], fault);
        }
    }
}
