using Platform.Testing;
using Platform.Worker.Transform;

namespace Platform.Worker.Tests.Transform.Run;

/// <summary>What a run leaves when something goes wrong.</summary>
public sealed class FailureTests(EmbeddedServers servers)
{
    [Fact]
    public async Task FailFast_EndsWhatRuns_AndSkipsTheRest()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(
            ("models/bad.sql", "{{ config(materialized='table') }} select 1 / (count(*) - 1) as x from pg_sleep(0.2)"),
            ("models/slow.sql", "{{ config(materialized='table') }} select 1 as x from pg_sleep(60)"),
            ("models/later.sql", "select * from {{ ref('slow') }}"));

        var result = await warehouse.BuildAsync(project, new BuildRequest { Publish = false, FailFast = true, Threads = 2 });

        Assert.Equal(
            "bad Error, later Skipped, slow Skipped",
            string.Join(", ", result.Nodes.OrderBy(node => node.Name, StringComparer.Ordinal).Select(node => $"{node.Name} {node.Status}")));
        Assert.Equal("Skipping due to fail_fast", result.Nodes.Single(node => node.Name == "slow").Message);
        Assert.Equal("", await warehouse.KindsAsync("analytics"));
    }

    [Fact]
    public async Task PlainRun_ServerEndsASession_FailsThatNodeAndGoesOnWithANewSession()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(
            ("models/a.sql", "{{ config(materialized='table') }} select 1 as x"),
            ("models/b.sql", "{{ config(materialized='table', pre_hook='select pg_terminate_backend(pg_backend_pid())') }} select * from {{ ref('a') }}"),
            ("models/c.sql", "select * from {{ ref('b') }}"),
            ("models/d.sql", "select * from {{ ref('c') }}"),
            ("models/e.sql", "select * from {{ ref('a') }}"));

        var result = await warehouse.BuildAsync(project, new BuildRequest { Publish = false, Threads = 1 });

        Assert.False(result.Success);
        Assert.Equal(
            "a Success, b Error, c Skipped, d Skipped, e Success",
            string.Join(", ", result.Nodes.OrderBy(node => node.Name, StringComparer.Ordinal).Select(node => $"{node.Name} {node.Status}")));
        Assert.StartsWith("Database Error in model b (models/b.sql)", result.Nodes.Single(node => node.Name == "b").Message, StringComparison.Ordinal);
        Assert.Equal("a|r\ne|v", await warehouse.KindsAsync("analytics"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Statement_LongerThanItsTimeout_IsTheNodesFault(bool publish)
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(
            ("models/slow.sql", "{{ config(materialized='table', pre_hook=\"set statement_timeout = 100\") }}\nselect pg_sleep(60)::text as x"),
            ("models/other.sql", "select 1 as x"));

        var result = await warehouse.BuildAsync(project, new BuildRequest { Publish = publish, Threads = 1 });

        var slow = result.Nodes.Single(node => node.Name == "slow");
        Assert.Equal(NodeStatus.Error, slow.Status);
        Assert.Contains("SQLSTATE 57014", slow.Message, StringComparison.Ordinal);
        Assert.Equal(NodeStatus.Success, result.Nodes.Single(node => node.Name == "other").Status);
    }

    [Fact]
    public async Task PlainRun_DiskIsFull_FailsThatNodeOnly()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync(
            """
            create function fill_disk() returns int language plpgsql as
            $$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$
            """);
        using var project = TestProject.Of(
            ("models/full.sql", "{{ config(materialized='table') }} select public.fill_disk() as x"),
            ("models/other.sql", "select 1 as x"));

        var result = await warehouse.BuildAsync(project, new BuildRequest { Publish = false, Threads = 1 });

        Assert.Contains("SQLSTATE 53100", result.Nodes.Single(node => node.Name == "full").Message, StringComparison.Ordinal);
        Assert.Equal("other|v", await warehouse.KindsAsync("analytics"));
    }

    [Theory]
    [InlineData("table", false)]
    [InlineData("view", false)]
    [InlineData("incremental", false)]
    [InlineData("table", true)]
    public async Task AliasTooLong_FailsThatNodeOnly(string materialized, bool publish)
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(
            ("models/long.sql", $"{{{{ config(materialized='{materialized}', alias='a_name_that_is_much_longer_than_the_sixty_three_bytes_of_postgresql') }}}} select 1 as x"),
            ("models/wide.sql", $"{{{{ config(materialized='{materialized}', alias='{new string('é', 32)}') }}}} select 1 as x"),
            ("models/fits.sql", $"{{{{ config(materialized='{materialized}', alias='{new string('x', 63)}') }}}} select 1 as x"),
            ("models/below.sql", "select * from {{ ref('long') }}"));

        var result = await warehouse.BuildAsync(project, new BuildRequest { Publish = publish });

        Assert.Equal(
            "below Skipped, fits Success, long Error, wide Error",
            string.Join(", ", result.Nodes.OrderBy(node => node.Name, StringComparer.Ordinal).Select(node => $"{node.Name} {node.Status}")));
        Assert.Contains("Relation name 'a_name_that_is_much_longer", result.Nodes.Single(node => node.Name == "long").Message, StringComparison.Ordinal);
        Assert.Contains("models/long.sql:1", result.Nodes.Single(node => node.Name == "long").Message, StringComparison.Ordinal);
        Assert.Equal(publish ? "" : new string('x', 63), await warehouse.RowsAsync("select relname from pg_class where relnamespace = 'analytics'::regnamespace and relkind in ('r', 'v')"));
    }

    [Fact]
    public async Task Cancellation_LeavesNothingBehind()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(("models/slow.sql", "{{ config(materialized='table') }} select 1 as x from pg_sleep(60)"));
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(TestWarehouse.Token);
        var running = new Progress(() => cancellation.CancelAfter(TimeSpan.FromMilliseconds(300)));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => warehouse.Engine.BuildAsync(
            new BuildRequest { Publish = false, ProjectDirectory = project.Directory }, running, cancellation.Token));

        Assert.Equal("", await warehouse.KindsAsync("analytics"));
        Assert.Equal(0, await warehouse.ScalarAsync<long>("select count(*) from pg_stat_activity where query like '%pg_sleep(60)%' and pid <> pg_backend_pid() and state = 'active'"));
    }

    private sealed class Progress(Action begun) : IProgress<NodeEvent>
    {
        public void Report(NodeEvent value) => begun();
    }
}
