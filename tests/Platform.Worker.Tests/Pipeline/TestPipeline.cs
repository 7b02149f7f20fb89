using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Testing;
using Platform.Worker.Pipeline;
using Platform.Worker.Pipeline.Arrivals;
using Platform.Worker.Pipeline.Backfills;
using Platform.Worker.Pipeline.Control;
using Platform.Worker.Pipeline.Following;
using Platform.Worker.Pipeline.Schedule;
using Platform.Worker.Pipeline.Tasks;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Tests.Pipeline;

/// <summary>The real runner and ledger over a migrated database, with tasks that a test scripts.</summary>
internal sealed class TestPipeline : IAsyncDisposable
{
    public const string Name = EtlFullPipeline.Name;

    private readonly TestDatabase _database;
    private readonly List<NpgsqlDataSource> _workers = [];

    private TestPipeline(TestDatabase database, bool sideBySide)
    {
        _database = database;
        Definition = new(
            Name,
            [
                new ScriptedTask(this, "generate", []), new ScriptedTask(this, "load_a", ["generate"]),
                new ScriptedTask(this, "load_b", [sideBySide ? "generate" : "load_a"]),
            ],
            new ScriptedBuild(this));
    }

    public PipelineDefinition Definition { get; }

    public string ConnectionString => _database.ConnectionString;

    public NpgsqlDataSource Warehouse => _database.DataSource;

    /// <summary>Every call of a task, in order of its start.</summary>
    public ConcurrentQueue<(string Task, DataDateRange Dates)> Calls { get; } = new();

    /// <summary>The calls that were told to do their work even where nothing has changed.</summary>
    public ConcurrentQueue<(string Task, DateOnly Date)> Forced { get; } = new();

    public ConcurrentQueue<(string Task, DateOnly Date)> Withdrawn { get; } = new();

    /// <summary>What a task does on a date; the default is to succeed.</summary>
    public Func<string, DataDateRange, CancellationToken, Task<TaskOutcome>> Work { get; set; } =
        (_, _, _) => Task.FromResult(new TaskOutcome(Rows: 1));

    /// <summary>The partitions that have not landed, by task; what a task finds for the date.</summary>
    public ConcurrentDictionary<(string Task, DateOnly Date), AwaitedPartition> Missing { get; } = new();

    /// <summary>The dates whose files have been landed again.</summary>
    public ConcurrentBag<DateOnly> Corrected { get; } = [];

    /// <summary>What the runners tell of their runs.</summary>
    public ConcurrentQueue<RunFact> Facts { get; } = new();

    /// <summary>The meters of the runners, apart from those of other tests.</summary>
    public IMeterFactory Meters { get; } = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();

    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>Which data dates are due; every day in UTC, unless a test says otherwise.</summary>
    public BusinessCalendar Calendar { get; set; } = BusinessCalendar.EveryDay;

    public PipelineOptions Options { get; } = new()
    {
        MaxRetries = 3,
        RetryDelay = TimeSpan.FromMilliseconds(1),
        MaxRetryDelay = TimeSpan.FromMilliseconds(5),
        MaxParallelDates = 2,
    };

    /// <param name="servers">Where its database is.</param>
    /// <param name="sideBySide">Neither of the loads depends on the other; otherwise load_b comes after load_a.</param>
    public static async Task<TestPipeline> CreateAsync(EmbeddedServers servers, bool sideBySide = false)
    {
        var test = new TestPipeline(await servers.CreateDatabaseAsync(TestContext.Current.CancellationToken), sideBySide);
        var migrations = new MigrationRunner(
            test.Warehouse, Microsoft.Extensions.Options.Options.Create(new WarehouseOptions()), NullLogger<MigrationRunner>.Instance);
        await migrations.RunAsync(TestContext.Current.CancellationToken);
        return test;
    }

    /// <summary>A Worker's runner with sessions of its own, told apart by <paramref name="worker"/> as their application name.</summary>
    public PipelineRunner Runner(string worker = "worker")
    {
        var warehouse = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(_database.ConnectionString) { ApplicationName = worker }.ConnectionString);
        _workers.Add(warehouse);
        var options = Microsoft.Extensions.Options.Options.Create(Options);
        var retry = new InfrastructureRetry(options, Clock);
        var ledger = new RunLedger(new(warehouse, retry, Clock));
        var follower = new RunFollower(new PipelineMetrics(Meters), [new Observer(this)], Clock, NullLogger<RunFollower>.Instance);
        var tasks = new TaskRunner(ledger, retry, follower, new(warehouse, Clock), options, Clock, NullLogger<TaskRunner>.Instance);
        return new PipelineRunner(
            Definition, ledger, tasks, follower, Watch(ledger, retry), retry, warehouse, options, Clock, NullLogger<PipelineRunner>.Instance);
    }

    /// <summary>Statements as an operator's verb sends them.</summary>
    public LedgerStatements Statements() =>
        new(Warehouse, new InfrastructureRetry(Microsoft.Extensions.Options.Options.Create(Options), Clock), Clock);

    public RunControl Control() => new(Definition, Statements(), new RunLedger(Statements()), Warehouse);

    public PipelinePause Pause() => new(Statements());

    public BackfillLedger Backfills() => new(Definition, Statements(), new RunLedger(Statements()), DataDates());

    public DataDates DataDates() => new(Calendar, Clock);

    public Task<string[]> AuditAsync() => QueryAsync("select who, action, subject from meta.audit order by audit_id");

    public ArrivalWatch Watch()
    {
        var retry = new InfrastructureRetry(Microsoft.Extensions.Options.Options.Create(Options), Clock);
        return Watch(new RunLedger(new(Warehouse, retry, Clock)), retry);
    }

    public Incidents Incidents() => new(Warehouse, Clock, NullLogger<Incidents>.Instance);

    /// <summary>Queues the dates and works on them, as a request does.</summary>
    public async Task<IReadOnlyDictionary<DateOnly, TaskEnd>> RunAsync(
        IReadOnlyList<DateOnly> dates, bool again = false, RunTrigger trigger = RunTrigger.Manual)
    {
        var runner = Runner();
        await runner.QueueAsync(dates, trigger, again, force: false, TestContext.Current.CancellationToken);
        return await runner.WorkAsync(dates, new WorkOptions(), progress: null, TestContext.Current.CancellationToken);
    }

    /// <summary>Enters a load of the date, as the real load tasks do.</summary>
    public Task EnterLoadAsync(DateOnly date) => QueryAsync($"""
        insert into meta.partition_load (domain, dataset, partition, file, content_sha256, contract_version, contract_sha256,
            file_rows, loaded_rows, quarantined_rows, started_at, loaded_at, current)
        values ('a', 'orders', '{date:O}', 'orders.csv', '', '1', '', 1, 1, 0, now(), now(), true)
        """);

    /// <summary>Ends the sessions of a Worker, as its death would.</summary>
    public async Task KillSessionsAsync(string worker)
    {
        await using var command = Warehouse.CreateCommand(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = $1");
        command.Parameters.AddWithValue(worker);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<string[]> QueryAsync(string sql)
    {
        await using var command = Warehouse.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(string.Join(' ', Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "-" : $"{reader.GetValue(i)}")));
        }
        return [.. rows];
    }

    public Task<string[]> RunsAsync() =>
        QueryAsync("select data_date::text, state, trigger, coalesce(error_class, '-') from meta.pipeline_run order by data_date");

    public Task<string[]> TasksAsync(DateOnly date) =>
        QueryAsync($"select task, state, attempt from meta.task_run where data_date = '{date:O}' order by position");

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
        {
            await worker.DisposeAsync();
        }
        await _database.DisposeAsync();
    }

    private ArrivalWatch Watch(RunLedger ledger, InfrastructureRetry retry) => new(
        Definition, ledger, Incidents(), retry, Microsoft.Extensions.Options.Options.Create(Options), DataDates(), Clock, NullLogger<ArrivalWatch>.Instance);

    private Task<TaskOutcome> CallAsync(string task, DataDateRange dates, CancellationToken cancellationToken)
    {
        Calls.Enqueue((task, dates));
        return Work(task, dates, cancellationToken);
    }

    private sealed class Observer(TestPipeline test) : IRunObserver
    {
        public void Observe(RunFact fact) => test.Facts.Enqueue(fact);
    }

    private sealed class ScriptedTask(TestPipeline test, string name, IReadOnlyList<string> dependsOn) : IPartitionTask
    {
        public string Name => name;

        public IReadOnlyList<string> DependsOn => dependsOn;

        public Task<AwaitedPartition?> AwaitedAsync(DateOnly date, CancellationToken cancellationToken) =>
            Task.FromResult(test.Missing.GetValueOrDefault((name, date)));

        public Task<bool> IsCorrectedAsync(DateOnly date, CancellationToken cancellationToken) => Task.FromResult(test.Corrected.Contains(date));

        public Task<TaskOutcome> RunAsync(DateOnly date, bool force, CancellationToken cancellationToken)
        {
            if (force)
            {
                test.Forced.Enqueue((name, date));
            }
            return test.CallAsync(name, new(date, date), cancellationToken);
        }

        public Task WithdrawAsync(IReadOnlyList<DateOnly> dates, CancellationToken cancellationToken)
        {
            foreach (var date in dates)
            {
                test.Withdrawn.Enqueue((name, date));
            }
            return Task.CompletedTask;
        }
    }

    private sealed class ScriptedBuild(TestPipeline test) : IBatchTask
    {
        public string Name => "build";

        public Task<TaskOutcome> RunAsync(DataDateRange range, CancellationToken cancellationToken) =>
            test.CallAsync(Name, range, cancellationToken);
    }
}
