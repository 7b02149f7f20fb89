using System.Text.Json;
using Platform.Testing;
using Platform.Worker.Transform;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Verbs;
using Platform.Worker.Transform.Verbs.Events;

namespace Platform.Worker.Tests.Transform.Run;

/// <summary>What is left of a run that was cut short: the results of what had ended, and no relation that is half made.</summary>
public sealed class InterruptedRunTests(EmbeddedServers servers)
{
    private static readonly (string, string)[] Slow =
    [
        ("models/a.sql", "{{ config(materialized='table') }} select 1 as x"),
        ("models/b.sql", "{{ config(materialized='table') }} select x from {{ ref('a') }}, pg_sleep(60)"),
        ("models/c.sql", "select * from {{ ref('b') }}"),
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Interrupted_ResultsOfWhatEndedAreWritten_AndTheOldRelationStays(bool publish)
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync("create schema if not exists analytics; create table analytics.b as select 7 as x");
        using var project = TestProject.Of(Slow);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(TestWarehouse.Token);
        var console = new Console("START sql table model", 2, () => cancellation.CancelAfter(TimeSpan.FromMilliseconds(300)));
        using var log = new EventLog(TimeProvider.System, new InvocationFlags(), TextWriter.Null);
        log.Add(console);
        var run = Verb(warehouse, project, publish, log);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => BuildVerb.RunAsync(run, cancellation.Token));

        Assert.Equal(["model.shop.a success"], Results(project));
        Assert.Contains(console.Lines, line => line.Contains("Exited because of keyboard interrupt", StringComparison.Ordinal));
        Assert.Equal(7, await warehouse.ScalarAsync<int>("select x from analytics.b"));
        Assert.Equal("", await warehouse.RowsAsync("select relname from pg_class where relname like '%dbt\\_tmp' or relname like '%dbt\\_backup'"));
    }

    [Fact]
    public async Task PlatformBuildLosesTheWarehouse_ResultsOfWhatEndedAreWritten_AndNothingIsPublished()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(
            ("models/a.sql", "{{ config(materialized='table') }} select 1 as x"),
            ("models/b.sql", "{{ config(materialized='table', pre_hook='select pg_terminate_backend(pg_backend_pid())') }} select * from {{ ref('a') }}"));
        using var log = new EventLog(TimeProvider.System, new InvocationFlags(), TextWriter.Null);
        var run = Verb(warehouse, project, publish: true, log);

        await Assert.ThrowsAnyAsync<Npgsql.NpgsqlException>(() => BuildVerb.RunAsync(run, TestWarehouse.Token));

        Assert.Equal(["model.shop.a success"], Results(project));
        Assert.Equal("", await warehouse.KindsAsync("analytics"));
    }

    private static VerbRun Verb(TestWarehouse warehouse, TestProject project, bool publish, EventLog log)
    {
        var header = ProjectHeader.Read(project.Directory, new Dictionary<string, object?>());
        var request = new BuildRequest { Verb = TransformVerb.Build, ProjectDirectory = project.Directory, Publish = publish, Threads = 1 };
        var arguments = new VerbArguments { Verb = TransformVerb.Build, Header = header, Flags = new InvocationFlags(), Request = request };
        return new VerbRun(arguments, warehouse.DataSource, warehouse.Engine, log, TimeProvider.System);
    }

    private static List<string> Results(TestProject project)
    {
        using var results = JsonDocument.Parse(File.ReadAllText(Path.Combine(project.Directory, "target", "run_results.json")));
        return [.. results.RootElement.GetProperty("results").EnumerateArray()
            .Select(result => $"{result.GetProperty("unique_id").GetString()} {result.GetProperty("status").GetString()}")];
    }

    /// <summary>Keeps the lines; calls once a text has been told so many times.</summary>
    private sealed class Console(string text, int times, Action then) : IEventSink
    {
        private int _seen;

        public List<string> Lines { get; } = [];

        public void Write(LogEvent entry, DateTimeOffset at)
        {
            Lines.Add(entry.Message);
            if (entry.Message.Contains(text, StringComparison.Ordinal) && ++_seen == times)
            {
                then();
            }
        }

        public void Dispose()
        {
        }
    }
}
