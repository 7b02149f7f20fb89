using Npgsql;

namespace Platform.Worker.Transform.Run;

/// <summary>
/// Runs the nodes of a build on several connections, each with a thread of its own, in dependency order. What depends on a node that
/// failed is skipped.
/// </summary>
internal sealed class NodeScheduler : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Lock _telling = new();
    private readonly SemaphoreSlim _ready = new(0);
    private readonly Dictionary<string, NodeRun> _runs;
    private readonly RunGraph _graph;
    private readonly Dictionary<string, int> _heights;
    private readonly Dictionary<string, int> _waiting;
    private readonly PriorityQueue<NodeRun, (int, string)> _queue = new();
    private readonly List<NodeResult> _results = [];
    private readonly IProgress<NodeEvent>? _progress;
    private readonly CancellationTokenSource _stop;
    private int _started;
    private int _open;

    public NodeScheduler(BuildState build, IEnumerable<NodeRun> runs, IProgress<NodeEvent>? progress, CancellationToken cancellationToken)
    {
        _runs = runs.ToDictionary(run => run.Node.UniqueId);
        _graph = new RunGraph(build.Project.Graph, _runs);
        _heights = _graph.Heights();
        _waiting = _runs.Keys.ToDictionary(id => id, id => _graph.Parents(id).Count);
        _open = _runs.Count;
        _progress = progress;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        foreach (var (id, _) in _waiting.Where(entry => entry.Value == 0))
        {
            Enqueue(id);
        }
    }

    /// <returns>The results in the order in which the nodes ended.</returns>
    /// <exception cref="NpgsqlException">The warehouse went away; the other nodes were stopped.</exception>
    public async Task<IReadOnlyList<NodeResult>> RunAsync(
        NpgsqlDataSource dataSource, string applicationName, int threads, Func<CancellationToken, NodeRunner> runner)
    {
        var workers = Enumerable.Range(1, Math.Min(threads, Math.Max(1, _runs.Count))).Select(thread => Task.Factory.StartNew(
            () => Work(dataSource, applicationName, thread, runner(_stop.Token)), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToList();
        var all = Task.WhenAll(workers);
        try
        {
            await all;
        }
        catch (Exception)
        {
            // The first failure stops the others, which then end as cancelled; the cause is what counts.
            var cause = all.Exception!.Flatten().InnerExceptions.FirstOrDefault(fault => fault is not OperationCanceledException);
            if (cause is not null)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(cause);
            }

            throw;
        }

        return _results;
    }

    public void Dispose()
    {
        _stop.Dispose();
        _ready.Dispose();
    }

    private void Work(NpgsqlDataSource dataSource, string applicationName, int thread, NodeRunner runner)
    {
        try
        {
            using var session = PostgresSession.Open(dataSource, applicationName, _stop.Token, thread);
            while (Take() is { } run)
            {
                Report(run, null);
                Finish(run, runner.Run(run, session));
            }
        }
        catch
        {
            _stop.Cancel();
            throw;
        }
    }

    private NodeRun? Take()
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
                run.Index = ++_started;
                return run;
            }

            // Nothing left: wake the next worker, so that it ends as well.
            _ready.Release();
            return null;
        }
    }

    private void Finish(NodeRun run, NodeResult result)
    {
        var skipped = new List<NodeRun>();
        lock (_gate)
        {
            _results.Add(result);
            _open--;
            foreach (var child in _graph.Children(run.Node.UniqueId))
            {
                Advance(child, result.IsFailure ? run : null, skipped);
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
            run.Index = ++_started;
            run.Result = new NodeResult
            {
                UniqueId = id,
                Name = run.Node.Name,
                ResourceType = run.Node.ResourceTypeName,
                Status = NodeStatus.Skipped,
                Duration = TimeSpan.Zero,
                Message = $"skipped because {failed.Node.ResourceTypeName} '{failed.Node.Name}' failed",
            };
            _results.Add(run.Result);
            skipped.Add(run);
            _open--;
            foreach (var child in _graph.Children(id))
            {
                Advance(child, failed, skipped);
            }
        }
        else if (--_waiting[id] == 0)
        {
            Enqueue(id);
        }
    }

    private void Enqueue(string id)
    {
        _queue.Enqueue(_runs[id], (-_heights[id], id));
        _ready.Release();
    }

    private void Report(NodeRun run, NodeResult? result)
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
            });
        }
    }
}
