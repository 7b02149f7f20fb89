using System.Runtime.ExceptionServices;
using Npgsql;

namespace Platform.Worker.Transform.Run;

/// <summary>
/// Runs the nodes of a build on several connections, each with a thread of its own, in dependency order; batches of a microbatch model count
/// as nodes. What depends on a node that failed is skipped, and with fail fast everything that has not ended.
/// </summary>
internal sealed class NodeScheduler : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Lock _telling = new();
    private readonly SemaphoreSlim _ready = new(0);
    private readonly BuildState _build;
    private readonly Dictionary<string, NodeRun> _runs;
    private readonly RunGraph _graph;
    private readonly Dictionary<string, (int Level, int Height)> _places;
    private readonly Dictionary<string, int> _waiting;
    private readonly PriorityQueue<NodeRun, (int, int, string)> _queue = new();
    private readonly List<NodeResult> _results = [];
    private readonly IProgress<NodeEvent>? _progress;
    private readonly CancellationTokenSource _stop;
    private readonly CancellationToken _cancelled;
    private string? _skipReason;
    private int _started;
    private int _open;

    public NodeScheduler(BuildState build, IEnumerable<NodeRun> runs, IProgress<NodeEvent>? progress, CancellationToken cancellationToken)
    {
        _build = build;
        _runs = runs.ToDictionary(run => run.Node.UniqueId);
        _graph = new RunGraph(build.Project.Graph, _runs, waitsForTests: build.Request.Verb is TransformVerb.Build);
        _places = _graph.Places();
        _waiting = _runs.Keys.ToDictionary(id => id, id => _graph.Parents(id).Count);
        _open = _runs.Count;
        _progress = progress;
        _cancelled = cancellationToken;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        foreach (var (id, _) in _waiting.Where(entry => entry.Value == 0))
        {
            Enqueue(_runs[id]);
        }
    }

    /// <returns>The results in the order in which the nodes ended.</returns>
    /// <exception cref="NpgsqlException">The warehouse went away while candidates were built; the other nodes were stopped.</exception>
    public async Task<IReadOnlyList<NodeResult>> RunAsync(
        NpgsqlDataSource dataSource, string applicationName, int threads, Func<CancellationToken, NodeRunner> runner)
    {
        var workers = Enumerable.Range(1, Math.Min(threads, Math.Max(1, _runs.Count + Batches()))).Select(thread => Task.Factory.StartNew(
            () => new NodeWorker(this, _build, () => PostgresSession.Open(dataSource, applicationName, _stop.Token, thread), runner(_stop.Token)).Work(),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)).ToList();
        var all = Task.WhenAll(workers);
        try
        {
            await all;
        }
        catch (Exception)
        {
            // The first failure stops the others, which then end as cancelled; the cause is what counts.
            var cause = all.Exception?.Flatten().InnerExceptions.FirstOrDefault(fault => fault is not OperationCanceledException);
            if (cause is not null)
            {
                ExceptionDispatchInfo.Throw(cause);
            }

            if (_skipReason is null)
            {
                throw;
            }
        }

        SkipTheRest();
        return _results;

        int Batches() => _runs.Values.Any(run => MicrobatchPlan.Applies(run.Node)) ? threads : 0;
    }

    /// <summary>The next node that can be run, once there is one; null when all have been begun.</summary>
    public NodeRun? Take()
    {
        lock (_gate)
        {
            if (_open == 0)
            {
                _ready.Release();
                return null;
            }
        }

        _ready.Wait(_stop.Token);
        lock (_gate)
        {
            if (_queue.TryDequeue(out var run, out _))
            {
                run.Index = run.Batch is null ? ++_started : run.Index;
                return run;
            }

            // Nothing left: wake the next worker, so that it ends as well.
            _ready.Release();
            return null;
        }
    }

    /// <summary>Takes how a node ended, and what that means for those that depend on it.</summary>
    public void Finish(NodeRun run, NodeResult result)
    {
        run.Result = result;
        if (run.Microbatch is { } microbatch)
        {
            Report(run, result);
            if (!EndBatch(microbatch, run))
            {
                return;
            }

            (run, result) = (microbatch.Node, microbatch.Node.Result!);
        }

        var skipped = new List<NodeRun>();
        lock (_gate)
        {
            _results.Add(result);
            _open--;
            foreach (var child in _graph.Children(run.Node.UniqueId))
            {
                Advance(child, result.IsFailure || result.IsSkippedByFault ? run : null, skipped);
            }

            if (_open == 0)
            {
                _ready.Release();
            }
        }

        Report(run, result);
        foreach (var below in skipped)
        {
            Report(below, below.Result);
        }

        if ((result.IsFailure || result.IsSkippedByFault) && _build.Request.FailFast)
        {
            Stop("Skipping due to fail_fast");
        }
    }

    /// <summary>Ends what runs; what has not ended by then is skipped, or without a reason left as it is.</summary>
    public void Stop(string? reason)
    {
        lock (_gate)
        {
            _skipReason ??= reason;
        }

        _stop.Cancel();
    }

    /// <summary>Tells that a node begins (without a result) or has ended.</summary>
    public void Report(NodeRun run, NodeResult? result)
    {
        if (_progress is null)
        {
            return;
        }

        // Several threads have something to tell; who listens hears one at a time.
        lock (_telling)
        {
            _progress.Report(new NodeEvent(run.Node.UniqueId, run.Node.Name, run.Node.ResourceTypeName, run.Index, _runs.Count, result)
            {
                Node = run.Node,
                Relation = run.Published,
                Batch = run.Batch is { } batch ? new BatchProgress(run.Microbatch!.IndexOf(run) + 1, run.Microbatch.Batches.Count, batch.Name) : null,
            });
        }
    }

    public void Dispose()
    {
        _stop.Dispose();
        _ready.Dispose();
    }

    /// <summary>Starts the batches that waited for this one; true when it was the last and the model has its result.</summary>
    private bool EndBatch(MicrobatchRun microbatch, NodeRun batch)
    {
        lock (_gate)
        {
            foreach (var next in microbatch.End(batch))
            {
                Enqueue(next);
            }

            if (!microbatch.IsEnded)
            {
                return false;
            }

            if (batch.AsksForRebuild)
            {
                microbatch.Node.FullRefresh = true;
                Enqueue(microbatch.Node);
                _started--;
                return false;
            }

            microbatch.Node.Result = microbatch.Result(_build.Request.RetryBatches.GetValueOrDefault(batch.Node.UniqueId));
            return true;
        }
    }

    private void Advance(string id, NodeRun? failed, List<NodeRun> skipped)
    {
        var run = _runs[id];
        if (run.Result is not null)
        {
            return;
        }

        if (failed is not null)
        {
            Skip(run, $"skipped because {failed.Node.ResourceTypeName} '{failed.Node.Name}' failed");
            skipped.Add(run);
            foreach (var child in _graph.Children(id))
            {
                Advance(child, failed, skipped);
            }
        }
        else if (--_waiting[id] == 0)
        {
            Enqueue(run);
        }
    }

    private void Skip(NodeRun run, string reason)
    {
        run.Index = ++_started;
        run.Result = NodeRunner.Result(run, new NodeOutcome(NodeStatus.Skipped) { Message = reason }, TimeSpan.Zero, 0);
        _results.Add(run.Result);
        _open--;
    }

    private void SkipTheRest()
    {
        _cancelled.ThrowIfCancellationRequested();
        foreach (var run in _runs.Values.Where(run => run.Result is null).OrderBy(run => run.Index == 0 ? int.MaxValue : run.Index))
        {
            Skip(run, _skipReason ?? "");
            Report(run, run.Result);
        }
    }

    private void Enqueue(NodeRun run)
    {
        // Batches go first: their model has begun already.
        var (level, height) = _places[run.Node.UniqueId];
        _queue.Enqueue(run, (run.Batch is null ? level : int.MinValue, -height, run.Batch?.Id ?? run.Node.UniqueId));
        _ready.Release();
    }
}
