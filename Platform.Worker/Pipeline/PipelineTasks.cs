namespace Platform.Worker.Pipeline;

/// <summary>A task that works on the partition of one data date. Running it again leaves the same content.</summary>
internal interface IPartitionTask
{
    string Name { get; }

    /// <summary>The tasks of the same date that must have succeeded before; those that do not depend on each other run side by side.</summary>
    IReadOnlyList<string> DependsOn { get; }

    /// <summary>Looks whether the task can start on the date.</summary>
    /// <returns>The partition that it waits for; null when there is nothing to wait for.</returns>
    Task<AwaitedPartition?> AwaitedAsync(DateOnly date, CancellationToken cancellationToken);

    /// <summary>Whether other files have landed since the task last began to work on the date.</summary>
    Task<bool> IsCorrectedAsync(DateOnly date, CancellationToken cancellationToken);

    /// <param name="date">The data date.</param>
    /// <param name="force">Do the work even where its inputs have not changed.</param>
    /// <param name="cancellationToken">Signalled when the Worker stops or has lost its claim on the date.</param>
    Task<TaskOutcome> RunAsync(DateOnly date, bool force, CancellationToken cancellationToken);

    /// <summary>Takes back what the task made of the dates, because their other tasks have not succeeded and builds must not see a part.</summary>
    Task WithdrawAsync(IReadOnlyList<DateOnly> dates, CancellationToken cancellationToken);
}

/// <summary>A partition that has not landed.</summary>
/// <param name="Domain">Its domain.</param>
/// <param name="Date">Its data date.</param>
/// <param name="Missing">What is missing, for people.</param>
/// <param name="Deadline">When it is due; null when nothing is promised.</param>
internal sealed record AwaitedPartition(string Domain, DateOnly Date, string Missing, DateTimeOffset? Deadline);

/// <summary>A task that works on a range of loaded partitions at once. Running it again leaves the same content.</summary>
internal interface IBatchTask
{
    string Name { get; }

    Task<TaskOutcome> RunAsync(DataDateRange range, CancellationToken cancellationToken);
}

/// <summary>What a task did: rows written or checked, and what the ledger keeps as <c>detail</c> (written as JSON).</summary>
internal sealed record TaskOutcome(long? Rows = null, object? Detail = null)
{
    /// <summary>There was nothing for the task to do; the tasks after it go on.</summary>
    public bool Skipped { get; init; }

    /// <summary>Whether builds see something else after the task than before it.</summary>
    public bool Changed { get; init; } = true;

    /// <summary>What the task made, for those who follow runs; of the task's own type. Not kept in the ledger.</summary>
    public object? Made { get; init; }

    /// <summary>What the task worked from, written as JSON: content hashes, contract and model versions.</summary>
    public object? Inputs { get; init; }
}

/// <summary>The tasks of a pipeline, each after those that it depends on; the batch task is the last.</summary>
internal sealed record PipelineDefinition(string Name, IReadOnlyList<IPartitionTask> PartitionTasks, IBatchTask BatchTask)
{
    public IReadOnlyList<string> TaskNames { get; } = [.. PartitionTasks.Select(task => task.Name), BatchTask.Name];

    /// <summary>The tasks that cannot run before the task, in their order.</summary>
    public IReadOnlyList<string> After(string task)
    {
        if (task == BatchTask.Name)
        {
            return [];
        }
        HashSet<string> reached = [task];
        foreach (var later in PartitionTasks.Where(later => later.DependsOn.Any(reached.Contains)))
        {
            reached.Add(later.Name);
        }
        return [.. PartitionTasks.Select(later => later.Name).Where(later => later != task && reached.Contains(later)), BatchTask.Name];
    }
}
