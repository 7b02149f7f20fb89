namespace Platform.Worker.Transform.Run;

/// <summary>
/// The batches of one microbatch model. The first runs alone, since it may make the table; those between side by side where the model
/// allows it; the last one after all others, since it has the post-hooks. The scheduler's lock guards it.
/// </summary>
internal sealed class MicrobatchRun
{
    private readonly List<NodeRun> _batches;
    private readonly bool _concurrent;
    private int _next;
    private int _ended;

    public MicrobatchRun(NodeRun node, IReadOnlyList<MicrobatchWindow> windows, bool concurrent)
    {
        (Node, _concurrent) = (node, concurrent);
        _batches = [.. windows.Select(window => new NodeRun(node.Node, node.Relation, node.Published)
        {
            Batch = window, Microbatch = this, Index = node.Index, Delta = node.Delta, FullRefresh = node.FullRefresh,
        })];
        node.Batches = _batches;
    }

    public NodeRun Node { get; }

    public IReadOnlyList<NodeRun> Batches => _batches;

    /// <summary>From the start of the first batch to the end of the last.</summary>
    public (DateTimeOffset Start, DateTimeOffset End) Window => (_batches[0].Batch!.Start, _batches[^1].Batch!.End);

    public bool IsEnded => _ended == _batches.Count;

    /// <summary>The table is there and takes the first batch's rows as it does those of the others.</summary>
    public required bool IsIncremental { get; init; }

    public int IndexOf(NodeRun batch) => _batches.IndexOf(batch);

    public NodeRun First()
    {
        _next = 1;
        return _batches[0];
    }

    /// <summary>Takes note that a batch has ended; the batches that may begin now.</summary>
    public IReadOnlyList<NodeRun> End(NodeRun batch)
    {
        _ended++;
        if (batch == _batches[0] && batch.Result is { Status: not NodeStatus.Success } && !batch.AsksForRebuild)
        {
            foreach (var other in _batches.Skip(1))
            {
                other.Result = NodeRunner.Result(other, new NodeOutcome(NodeStatus.Skipped) { Message = "SKIPPED" }, TimeSpan.Zero, 0);
            }

            _ended = _next = _batches.Count;
        }

        var ready = new List<NodeRun>();
        while (_next < _batches.Count && (_next == _ended || (_concurrent && _next < _batches.Count - 1)))
        {
            ready.Add(_batches[_next++]);
        }

        return ready;
    }

    /// <summary>The model's result, made of its batches'.</summary>
    public NodeResult Result(BatchResults? before)
    {
        var good = Results(status => status is NodeStatus.Success);
        var failed = Results(status => status is not NodeStatus.Success);
        var status = failed.Count == 0 ? NodeStatus.Success : good.Count == 0 ? NodeStatus.Error : NodeStatus.PartialSuccess;
        var summary = status switch
        {
            NodeStatus.Success => "SUCCESS",
            NodeStatus.Error => "ERROR",
            _ => $"PARTIAL SUCCESS ({good.Count}/{_batches.Count})",
        };
        var errors = _batches.Where(batch => batch.Result is { Status: NodeStatus.Error }).Select(batch => $"\nbatch {batch.Batch!.Name}: {batch.Result!.Message}");
        var ran = _batches.Where(batch => batch.CompileTiming is not null).ToList();
        (Node.CompiledCode, Node.PublishSql, Node.PublishAlterations) = (_batches[^1].CompiledCode ?? _batches[0].CompiledCode, _batches[^1].PublishSql, _batches[^1].PublishAlterations);
        Node.CompileTiming = ran.FirstOrDefault()?.CompileTiming;
        if (ran.Count > 0)
        {
            Node.ExecuteTiming = new NodeTiming(
                ran.Min(batch => batch.ExecuteTiming?.StartedAt ?? DateTimeOffset.MaxValue), ran.Max(batch => batch.ExecuteTiming?.CompletedAt ?? DateTimeOffset.MinValue));
        }

        var outcome = new NodeOutcome(status) { Message = summary + string.Concat(errors.Distinct()), Failures = failed.Count };
        return NodeRunner.Result(Node, outcome, TimeSpan.FromTicks(_batches.Sum(batch => batch.Result?.Duration.Ticks ?? 0)), _batches[0].Result?.Thread ?? 0) with
        {
            RowsAffected = _batches.Sum(batch => batch.Result?.RowsAffected ?? 0),
            Batches = new BatchResults([.. good, .. before?.Successful ?? []], failed),
        };
    }

    private List<(DateTimeOffset Start, DateTimeOffset End)> Results(Func<NodeStatus, bool> condition) =>
        [.. _batches.Where(batch => condition(batch.Result?.Status ?? NodeStatus.Skipped)).Select(batch => (batch.Batch!.Start, batch.Batch.End))];
}
