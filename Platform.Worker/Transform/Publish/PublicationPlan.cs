using Npgsql;
using Platform.Worker.Transform.Catalog;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Run;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Transform.Publish;

/// <summary>A relation that readers see today.</summary>
internal readonly record struct ExistingRelation(uint Oid, string Schema, string Name, char Kind)
{
    public string Qualified => Sql.Identifier(Schema, Name);
}

/// <summary>What publishing has to do. Made from the state of the warehouse; made again when that changes meanwhile.</summary>
internal sealed record PublicationPlan
{
    /// <summary>Built whole: their candidates become the published relations.</summary>
    public required IReadOnlyList<NodeRun> Moves { get; init; }

    /// <summary>Incremental models whose published table stays and takes the delta.</summary>
    public required IReadOnlyList<NodeRun> Deltas { get; init; }

    /// <summary>Published relations that go: replaced ones and those of models that left the project.</summary>
    public required IReadOnlyList<ExistingRelation> Dropped { get; init; }

    /// <summary>Statements that drop the views among <see cref="Dropped"/> and <see cref="Restored"/>, readers before what they read.</summary>
    public required IReadOnlyList<string> DropViews { get; init; }

    /// <summary>Published tables that take a delta.</summary>
    public required IReadOnlyList<ExistingRelation> Kept { get; init; }

    /// <summary>Views on dropped relations that this publication does not replace, those that others read first.</summary>
    public required IReadOnlyList<DependentView> Restored { get; init; }

    /// <summary>Statements that make views of saved queries.</summary>
    public required IReadOnlyList<string> SavedQueryViews { get; init; }

    /// <summary>Moved views that read an incremental model's candidate; they have to read its published table instead.</summary>
    public required IReadOnlyList<NodeRun> Redirected { get; init; }

    public int Relations => Moves.Count + Deltas.Count;

    /// <summary>
    /// True for what has to wait for the publisher's locks: a delta that changes its table's columns, and then every view that is redirected.
    /// </summary>
    public bool IsLate(NodeRun run) => run.PublishAlterations.Count > 0
        || (run.PublishSql is null && Deltas.Any(delta => delta.PublishAlterations.Count > 0));

    /// <summary>The statement that lets a view read published tables instead of candidates of incremental models.</summary>
    public string Redirect(NodeRun view)
    {
        var sql = Deltas.Aggregate(
            view.CompiledCode!, (text, delta) => text.Replace(delta.Relation.Qualified, delta.Published.Qualified, StringComparison.Ordinal));
        return $"create or replace view {view.Relation.Qualified} as (\n{sql}\n)";
    }

    /// <param name="connection">The session that will publish.</param>
    /// <param name="build">A build in which nothing failed.</param>
    /// <param name="previous">Names that the current publication owns.</param>
    /// <param name="views">Views of saved queries that go and come.</param>
    /// <param name="cancellationToken">Stops planning.</param>
    /// <exception cref="TransformException">A relation is in the way that no publication made.</exception>
    public static async Task<PublicationPlan> MakeAsync(
        NpgsqlConnection connection, BuildState build, IReadOnlySet<(string Schema, string Name)> previous, SavedQueryViews views,
        CancellationToken cancellationToken)
    {
        var built = build.Runs.Where(run => run.IsBuilt && run.Node.IsRelational).ToList();
        var deltas = built.Where(run => run.PublishSql is not null).ToList();
        var moves = built.Except(deltas).ToList();

        HashSet<(string Schema, string Name)> gone = [.. Removed(build, previous), .. views.Stale];
        var existing = await ExistingAsync(
            connection, moves.Select(run => run.Published).Concat(deltas.Select(run => run.Published)).Select(Key).Concat(gone), cancellationToken);
        var moved = moves.Select(run => Key(run.Published)).ToHashSet();
        RefuseStrangers(built, existing, [.. previous, .. views.Stale]);

        var dropped = existing.Where(relation => moved.Contains((relation.Schema, relation.Name)) || gone.Contains((relation.Schema, relation.Name))).ToList();
        var dependents = await DependentView.FindAsync(connection, [.. dropped.Select(relation => relation.Oid)], cancellationToken);
        var droppedOids = dropped.Select(relation => relation.Oid).ToHashSet();

        var restored = dependents.Where(view => !droppedOids.Contains(view.Oid)).ToList();
        var order = dependents.Select((view, index) => (view.Oid, index)).ToDictionary(entry => entry.Oid, entry => entry.index);
        var drops = dropped.Where(relation => relation.Kind is 'v' or 'm')
            .Select(relation => (relation.Oid, Statement: $"drop {DependentView.Word(relation.Kind)} {relation.Qualified}"))
            .Concat(restored.Select(view => (view.Oid, Statement: view.Drop)));
        return new PublicationPlan
        {
            Moves = moves,
            Deltas = deltas,
            Dropped = dropped,
            DropViews = [.. drops.OrderByDescending(view => order.GetValueOrDefault(view.Oid, -1)).Select(view => view.Statement)],
            Kept = [.. existing.Except(dropped)],
            Restored = restored,
            SavedQueryViews = views.Statements,
            Redirected = [.. await RedirectedAsync(connection, build, moves, deltas, cancellationToken)],
        };
    }

    private static (string Schema, string Name) Key(Relation relation) => (relation.Schema!, relation.Identifier!);

    /// <summary>Published relations whose model is no longer in the project; only a build of the whole project can tell.</summary>
    private static HashSet<(string Schema, string Name)> Removed(BuildState build, IReadOnlySet<(string Schema, string Name)> previous)
    {
        if (!build.IsWhole)
        {
            return [];
        }

        var current = build.Project.Graph.Ordered.Where(node => node.IsRelational && node.ResourceType is not ResourceType.Source)
            .Select(node => Key(BuildState.PublishedRelation(node))).ToHashSet();
        return [.. previous.Where(name => !current.Contains(name))];
    }

    private static void RefuseStrangers(
        IReadOnlyList<NodeRun> built, IReadOnlyList<ExistingRelation> existing, HashSet<(string Schema, string Name)> previous)
    {
        var errors = (
            from run in built
            let key = Key(run.Published)
            where existing.Any(relation => (relation.Schema, relation.Name) == key) && !previous.Contains(key)
            select new TransformError(
                run.Node.At,
                $"{run.Published.Qualified} is there already, and no publication made it. Drop or rename it, or give '{run.Node.Name}' another alias.")).ToList();
        if (errors.Count > 0)
        {
            throw new TransformException(errors);
        }
    }

    private static async Task<IReadOnlyList<ExistingRelation>> ExistingAsync(
        NpgsqlConnection connection, IEnumerable<(string Schema, string Name)> names, CancellationToken cancellationToken)
    {
        var wanted = names.Distinct().ToList();
        await using var command = new NpgsqlCommand(
            """
            select c.oid, n.nspname, c.relname, c.relkind
            from unnest($1, $2) as wanted (nspname, relname)
            join pg_namespace n on n.nspname = wanted.nspname
            join pg_class c on c.relnamespace = n.oid and c.relname = wanted.relname
            where c.relkind in ('r', 'p', 'v', 'm', 'f')
            order by n.nspname, c.relname
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. wanted.Select(name => name.Schema)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. wanted.Select(name => name.Name)] });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var existing = new List<ExistingRelation>();
        while (await reader.ReadAsync(cancellationToken))
        {
            existing.Add(new ExistingRelation(reader.GetFieldValue<uint>(0), reader.GetString(1), reader.GetString(2), reader.GetFieldValue<char>(3)));
        }

        return existing;
    }

    private static async Task<IReadOnlyList<NodeRun>> RedirectedAsync(
        NpgsqlConnection connection, BuildState build, IReadOnlyList<NodeRun> moves, IReadOnlyList<NodeRun> deltas, CancellationToken cancellationToken)
    {
        if (deltas.Count == 0)
        {
            return [];
        }

        var candidates = await ExistingAsync(connection, deltas.Select(run => Key(run.Relation)), cancellationToken);
        var readers = await DependentView.FindAsync(connection, [.. candidates.Select(relation => relation.Oid)], cancellationToken);
        var redirected = new List<NodeRun>();
        foreach (var run in moves.Where(run => readers.Any(view => (view.Schema, view.Name) == Key(run.Relation))))
        {
            if (run.Node.Config.Materialized != "view")
            {
                throw new TransformException(
                    run.Node.At, $"'{run.Node.Name}' is a {run.Node.Config.Materialized} on an incremental model, which cannot be published. Make it a table or a view.");
            }

            redirected.Add(run);
        }

        return redirected;
    }
}
