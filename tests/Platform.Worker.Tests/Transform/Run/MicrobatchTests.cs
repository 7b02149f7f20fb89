using Platform.Testing;
using Platform.Worker.Transform;

namespace Platform.Worker.Tests.Transform.Run;

/// <summary>Microbatch models: windows, batches, retry; plainly merged by key as by dbt-postgres, published by window.</summary>
public sealed class MicrobatchTests(EmbeddedServers servers)
{
    private const string Events = """
        {{ config(materialized='incremental', incremental_strategy='microbatch', unique_key='id', event_time='at', batch_size='day',
                  begin='2026-01-01', lookback=1 EXTRA) }}
        select id, at, name, '{{ model.batch.id if model.batch else '' }}' as batch from {{ ref('raw') }}
        """;

    private const string Raw = "{{ config(event_time='at') }} select * from public.events";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FirstRun_BuildsABatchADay_AndALaterRunItsWindow(bool publish)
    {
        await using var warehouse = await WithEventsAsync();
        using var project = Project("");
        var request = new BuildRequest { Publish = publish, EventTimeStart = Day(1), EventTimeEnd = Day(4) };

        var first = await warehouse.PublishAsync(project, request);

        var result = first.Nodes.Single(node => node.Name == "events");
        Assert.Equal((NodeStatus.Success, "SUCCESS", 3L), (result.Status, result.Message, result.RowsAffected));
        Assert.Equal(3, result.Batches!.Successful.Count);
        Assert.Equal("1|a|20260101\n2|b|20260102\n3|c|20260103", await warehouse.RowsAsync("select id, name, batch from analytics.events order by id"));

        await warehouse.ExecuteAsync("update public.events set name = name || '!'; insert into public.events values (4, '2026-01-03 12:00', 'd')");
        await warehouse.PublishAsync(project, request with { EventTimeStart = Day(2) });

        Assert.Equal("1|a\n2|b!\n3|c!\n4|d", await warehouse.RowsAsync("select id, name from analytics.events order by id"));
        Assert.Equal("", await warehouse.KindsAsync("candidate"));
    }

    [Fact]
    public async Task DataDateLandedAgainWithoutRows_LosesItsOldRows_WhenPublished()
    {
        await using var warehouse = await WithEventsAsync();
        using var project = Project("");
        await warehouse.PublishAsync(project, new BuildRequest { From = new DateOnly(2026, 1, 1), To = new DateOnly(2026, 1, 3) });

        await warehouse.ExecuteAsync("delete from public.events where id = 2");
        await warehouse.PublishAsync(project, new BuildRequest { From = new DateOnly(2026, 1, 2), To = new DateOnly(2026, 1, 2) });

        Assert.Equal("1\n3", await warehouse.RowsAsync("select id from analytics.events order by id"));
        Assert.Equal("1\n3", await warehouse.RowsAsync("select id from analytics.above order by id"));
    }

    [Fact]
    public async Task FirstBuildInOneBatch_HasAllDates_AndLaterOnesABatchADay()
    {
        await using var warehouse = await WithEventsAsync();
        using var project = Project(", meta={'first_build': 'one_batch'}");
        var request = new BuildRequest { From = new DateOnly(2026, 1, 2), To = new DateOnly(2026, 1, 3) };

        var first = await warehouse.PublishAsync(project, request);
        var second = await warehouse.PublishAsync(project, request);

        Assert.Equal((1, 2), (Batches(first), Batches(second)));
        Assert.Equal("1|20260101\n2|20260102\n3|20260103", await warehouse.RowsAsync("select id, batch from analytics.events order by id"));

        static int Batches(BuildResult result) => result.Nodes.Single(node => node.Name == "events").Batches!.Successful.Count;
    }

    [Fact]
    public async Task Model_KnowsItsBatchByDbtsOwnName()
    {
        await using var warehouse = await WithEventsAsync();
        using var project = Project("", "select id, at, name, '{{ model.config.__dbt_internal_microbatch_event_time_start }}' as batch from {{ ref('raw') }}");

        await warehouse.BuildAsync(project, new BuildRequest { Publish = false, EventTimeStart = Day(1), EventTimeEnd = Day(3) });

        Assert.Equal("1|2026-01-01 00:00:00+00:00\n2|2026-01-02 00:00:00+00:00", await warehouse.RowsAsync("select id, batch from analytics.events order by id"));
    }

    [Fact]
    public async Task PlainBatchThatFails_IsAPartialSuccess_AndIsRetriedAlone()
    {
        await using var warehouse = await WithEventsAsync();
        using var project = Project("", "select id, at, name, 10 / (id - 2) as batch from {{ ref('raw') }}");
        var request = new BuildRequest { Publish = false, EventTimeStart = Day(1), EventTimeEnd = Day(4) };

        var failed = await warehouse.BuildAsync(project, request);

        var result = failed.Nodes.Single(node => node.Name == "events");
        Assert.Equal(NodeStatus.PartialSuccess, result.Status);
        Assert.StartsWith("PARTIAL SUCCESS (2/3)\nbatch 2026-01-02: ", result.Message!.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Equal(Day(2), Assert.Single(result.Batches!.Failed).Start);
        Assert.Equal(NodeStatus.Skipped, failed.Nodes.Single(node => node.Name == "above").Status);
        Assert.Equal("1\n3", await warehouse.RowsAsync("select id from analytics.events order by id"));

        await warehouse.ExecuteAsync("update public.events set id = 22 where id = 2");
        var retried = await warehouse.PublishAsync(project, request with
        {
            RetryBatches = new Dictionary<string, BatchResults> { ["model.shop.events"] = result.Batches },
        });

        Assert.Equal("1\n3\n22", await warehouse.RowsAsync("select id from analytics.events order by id"));
        Assert.Equal((3, 0), retried.Nodes.Where(node => node.Name == "events").Select(node => (node.Batches!.Successful.Count, node.Batches.Failed.Count)).Single());
    }

    [Fact]
    public async Task FirstBatchThatFails_SkipsTheOthers()
    {
        await using var warehouse = await WithEventsAsync();
        using var project = Project("", "select id, at, name, 10 / (id - 1) as batch from {{ ref('raw') }}");

        var result = (await warehouse.BuildAsync(project, new BuildRequest { Publish = false, EventTimeStart = Day(1), EventTimeEnd = Day(4) }))
            .Nodes.Single(node => node.Name == "events");

        Assert.Equal((NodeStatus.Error, 3), (result.Status, result.Batches!.Failed.Count));
        Assert.Equal("", await warehouse.RowsAsync("select relname from pg_class where relname = 'events' and relnamespace = 'analytics'::regnamespace"));
    }

    [Theory]
    [InlineData(true, ", concurrent_batches=true")]
    [InlineData(true, ", concurrent_batches=false")]
    [InlineData(false, ", concurrent_batches=true")]
    public async Task ManyBatches_LeaveTheSameRows_SideBySideOrInTurn(bool publish, string extra)
    {
        await using var warehouse = await WithEventsAsync();
        await warehouse.ExecuteAsync("insert into public.events select 100 + n, '2026-01-01'::timestamp + n * interval '1 hour', 'x' from generate_series(0, 479) as n");
        using var project = Project(extra);
        var request = new BuildRequest { Publish = publish, EventTimeStart = Day(1), EventTimeEnd = Day(21) };

        await warehouse.PublishAsync(project, request);
        await warehouse.PublishAsync(project, request);

        Assert.Equal("483|483|20", await warehouse.RowsAsync("select count(*), count(distinct id), count(distinct batch) from analytics.events"));
    }

    [Fact]
    public async Task Hooks_RunOnce_BeforeTheFirstBatchAndAfterTheLast()
    {
        await using var warehouse = await WithEventsAsync();
        await warehouse.ExecuteAsync("create table public.hooks (at serial, what text)");
        using var project = Project(", pre_hook=\"insert into public.hooks (what) values ('pre')\", post_hook=\"insert into public.hooks (what) values ('post')\"");

        await warehouse.PublishAsync(project, new BuildRequest { Publish = false, EventTimeStart = Day(1), EventTimeEnd = Day(4) });

        Assert.Equal("pre\npost", await warehouse.RowsAsync("select what from public.hooks order by at"));
    }

    [Fact]
    public async Task ChangedColumns_BuildEveryBatchFromBegin()
    {
        await using var warehouse = await WithEventsAsync();
        using var project = Project("");
        await warehouse.PublishAsync(project, new BuildRequest { From = new DateOnly(2026, 1, 1), To = new DateOnly(2026, 1, 3) });

        project.Write("models/events.sql", Events.Replace(" EXTRA", "", StringComparison.Ordinal).Replace("id, at", "id, upper(name) as loud, at", StringComparison.Ordinal));
        await warehouse.PublishAsync(project, new BuildRequest { From = new DateOnly(2026, 1, 3), To = new DateOnly(2026, 1, 3) });

        Assert.Equal("1|A\n2|B\n3|C", await warehouse.RowsAsync("select id, loud from analytics.events order by id"));
        Assert.Equal("", await warehouse.KindsAsync("candidate"));
    }

    private static DateTimeOffset Day(int day) => new(2026, 1, day, 0, 0, 0, TimeSpan.Zero);

    private static TestProject Project(string extra, string? select = null)
    {
        var events = Events.Replace(" EXTRA", extra, StringComparison.Ordinal);
        return TestProject.Of(
            ("models/raw.sql", Raw),
            ("models/events.sql", select is null ? events : events[..(events.IndexOf("}}", StringComparison.Ordinal) + 2)] + select),
            ("models/above.sql", "select * from {{ ref('events') }}"));
    }

    private async Task<TestWarehouse> WithEventsAsync()
    {
        var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync(
            "create table public.events (id int, at timestamp, name text); "
            + "insert into public.events values (1, '2026-01-01 10:00', 'a'), (2, '2026-01-02 10:00', 'b'), (3, '2026-01-03 10:00', 'c')");
        return warehouse;
    }
}
