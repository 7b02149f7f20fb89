using System.Diagnostics;
using Platform.Worker.Pipeline;

namespace Platform.Benchmarks.Pipeline;

/// <summary>The daily pipeline's tasks by number and name, which do nothing but look at the clock.</summary>
internal sealed class IdleTasks
{
    private static readonly string[] Names = ["generate_mock_data", "etl_sales", "etl_operations", "etl_finance"];
    private long? _ended;

    public IdleTasks() => Definition = new PipelineDefinition("idle", [.. Names.Select((name, place) => new IdleTask(this, name, Names[..place]))], new IdleBuild(this));

    public static int Count => Names.Length + 1;

    public PipelineDefinition Definition { get; }

    /// <summary>Milliseconds from the end of the task before to the start of the named one.</summary>
    public Dictionary<string, List<double>> Gaps { get; } = [];

    /// <summary>What follows belongs to another run.</summary>
    public void Forget() => _ended = null;

    private Task<TaskOutcome> PassAsync(string task)
    {
        if (_ended is { } ended)
        {
            if (!Gaps.TryGetValue(task, out var gaps))
            {
                Gaps[task] = gaps = [];
            }

            gaps.Add(Stopwatch.GetElapsedTime(ended).TotalMilliseconds);
        }

        _ended = Stopwatch.GetTimestamp();
        return Task.FromResult(new TaskOutcome(Rows: 1));
    }

    private sealed class IdleTask(IdleTasks tasks, string name, string[] before) : IPartitionTask
    {
        public string Name => name;

        public IReadOnlyList<string> DependsOn => before;

        public Task<AwaitedPartition?> AwaitedAsync(DateOnly date, CancellationToken cancellationToken) => Task.FromResult<AwaitedPartition?>(null);

        public Task<bool> IsCorrectedAsync(DateOnly date, CancellationToken cancellationToken) => Task.FromResult(false);

        public Task<TaskOutcome> RunAsync(DateOnly date, bool force, CancellationToken cancellationToken) => tasks.PassAsync(name);

        public Task WithdrawAsync(IReadOnlyList<DateOnly> dates, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class IdleBuild(IdleTasks tasks) : IBatchTask
    {
        public string Name => "dbt_build";

        public Task<TaskOutcome> RunAsync(DataDateRange range, CancellationToken cancellationToken) => tasks.PassAsync(Name);
    }
}
