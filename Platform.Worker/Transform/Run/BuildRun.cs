using Npgsql;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Catalog;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Profiles;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Transform.Run;

/// <summary>The nodes of a build from on-run-start to on-run-end, on connections of its own.</summary>
internal sealed class BuildRun(
    NpgsqlDataSource dataSource, TimeProvider time, BuildState build, string applicationName, int threads, IProgress<NodeEvent>? progress)
{
    private readonly List<NodeResult> _results = [];

    /// <returns>The results in the order in which the nodes ended, hooks among them.</returns>
    /// <exception cref="NpgsqlException">The warehouse cannot be reached, or went away while candidates were built.</exception>
    public async Task<IReadOnlyList<NodeResult>> RunAsync(CancellationToken cancellationToken)
    {
        var runs = build.Runs.Where(run => (OnlyCompiles || run.Node.Config.Materialized != "ephemeral") && run.Node.ResourceType is not ResourceType.Operation)
            .ToList();
        await Task.Run(() => Prepare(cancellationToken), cancellationToken);
        if (!RunsHooks)
        {
            await NodesAsync(runs, cancellationToken);
            return _results;
        }

        var started = await HooksAsync("on-run-start", build.Project.OnRunStart, () => [], cancellationToken);
        if (!started && build.BuildsCandidates)
        {
            return _results;
        }

        if (started || !build.Invocation.Flags.Behavior("skip_nodes_if_on_run_start_fails"))
        {
            // As in dbt, a plain run goes on when on-run-start failed; its exit code tells.
            await NodesAsync(runs, cancellationToken);
        }
        else
        {
            Skip(runs);
        }

        await HooksAsync("on-run-end", build.Project.OnRunEnd, EndNames, cancellationToken);
        return _results;
    }

    private bool OnlyCompiles => build.Request.Verb is TransformVerb.Compile or TransformVerb.DocsGenerate;

    private bool RunsHooks =>
        build.Request.Verb is TransformVerb.Run or TransformVerb.Build or TransformVerb.Test or TransformVerb.Seed or TransformVerb.Snapshot
        || (build.Request.Verb is TransformVerb.SourceFreshness && build.Invocation.Flags.Behavior("source_freshness_run_project_hooks", otherwise: true));

    private async Task NodesAsync(IReadOnlyList<NodeRun> runs, CancellationToken cancellationToken)
    {
        using var scheduler = new NodeScheduler(build, runs, progress, cancellationToken);
        _results.AddRange(await scheduler.RunAsync(dataSource, applicationName, threads, token => new NodeRunner(build, time, token)));
    }

    private void Skip(IReadOnlyList<NodeRun> runs)
    {
        for (var index = 0; index < runs.Count; index++)
        {
            var run = runs[index];
            run.Index = index + 1;
            run.Result = NodeRunner.Result(run, new NodeOutcome(NodeStatus.Skipped), TimeSpan.Zero, 0);
            _results.Add(run.Result);
            progress?.Report(new NodeEvent(run.Node.UniqueId, run.Node.Name, run.Node.ResourceTypeName, run.Index, runs.Count, run.Result) { Node = run.Node });
        }
    }

    /// <summary>Reads the relations that exist, once for the whole build, and creates the schemas that a plain build writes to.</summary>
    private void Prepare(CancellationToken cancellationToken)
    {
        using var session = ConnectionRetry.Open(dataSource, applicationName, build.Invocation.Target, cancellationToken);
        var existing = WarehouseCatalog.QueueSchemas(session);
        build.Relations.Load(session, build.Project.Graph.Ordered.Where(node => node.IsRelational).Select(node => node.Schema)
            .Concat(build.Runs.Select(run => run.Relation.Schema!)).Append(build.Invocation.Target.Schema).Distinct().ToList());
        if (OnlyCompiles)
        {
            return;
        }

        // Rows that fail a test are for who looks into them, not for readers: they are stored at once, in a platform build, too.
        var there = existing.Result.Rows.Select(row => (string)row[0]!).ToHashSet();
        foreach (var schema in build.Runs.Where(run => run.KeepsFailures || (run.Node is { IsRelational: true, Source: null } && !build.BuildsCandidates && build.Request.Verb is not TransformVerb.Test))
            .Select(run => run.Relation.Schema!).Distinct().Where(schema => !there.Contains(schema)))
        {
            // "if not exists" alone fails when another build of the project makes it at the same moment.
            session.Queue($"do $$ begin create schema if not exists {Sql.Identifier(schema)}; exception when unique_violation then null; end $$");
        }

        session.Flush();
    }

    /// <summary>Runs hooks in turn on a session outside of a transaction; after one that fails the others are skipped.</summary>
    private async Task<bool> HooksAsync(string kind, IReadOnlyList<Node> hooks, Func<Dictionary<string, Value>> namesOf, CancellationToken cancellationToken)
    {
        if (hooks.Count == 0 || build.Request.Verb is TransformVerb.Compile or TransformVerb.DocsGenerate or TransformVerb.Clone)
        {
            return true;
        }

        return await Task.Run(
            () =>
            {
                var names = namesOf();
                using var session = PostgresSession.Open(dataSource, applicationName, cancellationToken);
                var runner = new NodeRunner(build, time, cancellationToken);
                var good = true;
                for (var index = 0; index < hooks.Count; index++)
                {
                    var hook = hooks[index];
                    var place = new Relation(hook.Database, hook.Schema, null);
                    var run = new NodeRun(hook, place, place) { Index = index + 1, Names = names, EndsRun = !build.BuildsCandidates };
                    build.Hooks[hook.UniqueId] = run;
                    Report(run, null);
                    var name = $"{hook.PackageName}.{kind}.{index}";
                    var result = good ? runner.Run(run, session) : NodeRunner.Result(run, new NodeOutcome(NodeStatus.Skipped), TimeSpan.Zero, 0);
                    result = result with
                    {
                        IsHook = true,
                        Failures = result.Status is NodeStatus.Success ? 0 : 1,
                        Message = result.Status switch
                        {
                            NodeStatus.Success => $"{name} passed",
                            NodeStatus.Skipped => $"{name} skipped",
                            _ => $"{name} failed, error:\n {result.Message}",
                        },
                    };
                    run.Result = result;
                    good &= !result.IsFailure;
                    _results.Add(result);
                    Report(run, result);
                }

                return good;
            },
            cancellationToken);

        void Report(NodeRun run, NodeResult? result) => progress?.Report(
            new NodeEvent(run.Node.UniqueId, run.Node.Name, run.Node.ResourceTypeName, run.Index, hooks.Count, result) { Node = run.Node });
    }

    /// <summary>What on-run-end knows besides: <c>results</c>, and where something was built or failures are kept, <c>schemas</c> and <c>database_schemas</c>.</summary>
    private Dictionary<string, Value> EndNames()
    {
        var places = _results.Where(result => result.Status is not (NodeStatus.Error or NodeStatus.Fail or NodeStatus.Skipped))
            .Select(result => build.Find(result.UniqueId)).OfType<NodeRun>().Where(run => run.KeepsFailures || (run.Node.IsRelational && run.Node.Source is null))
            .Select(run => (run.Node.Database, run.Node.Schema)).Distinct().ToList();
        return new Dictionary<string, Value>
        {
            ["results"] = new ListValue(_results.Where(result => result.IsFailure || result.ResourceType != ResourceType.Operation.Name()).Select(ResultOf)),
            ["schemas"] = new ListValue(places.Select(place => Value.From(place.Schema)).Distinct()),
            ["database_schemas"] = new ListValue(places.Select(place => Value.From(new TupleValue([place.Database, place.Schema])))),
        };
    }

    private Value ResultOf(NodeResult result)
    {
        var run = build.Find(result.UniqueId);
        return ResultValue.Of(result, run?.Node ?? build.Project.OnRunStart.FirstOrDefault(hook => hook.UniqueId == result.UniqueId), run?.CompiledCode);
    }
}
