using Platform.Testing;
using Platform.Worker.Transform.Run;

namespace Platform.Worker.Tests.Transform.Run;

/// <summary>Queued statements give each its own answer, and only those of one transaction stand or fall together.</summary>
public sealed class PostgresSessionTests(EmbeddedServers servers)
{
    [Fact]
    public async Task QueuedStatements_AnswerEachForItself_AlsoWithoutRows()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var session = PostgresSession.Open(warehouse.DataSource, "test", TestWarehouse.Token);

        session.Begin();
        var made = session.Queue("create table public.t as select 1 as x union all select 2");
        var none = session.Queue("select x, 'a' as y from public.t where false", fetch: true);
        var unread = session.Queue("select 5 as z");
        var two = session.Queue("select x from public.t order by 1", fetch: true);
        var inserted = session.Queue("insert into public.t values (3) returning x", fetch: true);
        var last = session.Queue("select 1 as w where false", fetch: true);
        session.Commit();

        Assert.Equal(("SELECT 2", 2), (made.Result.Tag, made.Result.RowsAffected));
        Assert.Equal(("x,y", 0), (string.Join(',', none.Result.Columns), none.Result.Rows.Count));
        Assert.Empty(unread.Result.Columns);
        Assert.Equal([1, 2], two.Result.Rows.Select(row => row[0]));
        Assert.Equal((3, "INSERT 0 1"), (inserted.Result.Rows.Single()[0], inserted.Result.Tag));
        Assert.Equal("w", Assert.Single(last.Result.Columns));
        Assert.False(session.InTransaction);
    }

    [Fact]
    public async Task ChangesOutsideOfATransaction_AreNotUndone_WhenALaterStatementFails()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var session = PostgresSession.Open(warehouse.DataSource, "test", TestWarehouse.Token);

        session.Queue("create table public.first (x int)");
        session.Queue("create table public.second (x int)");
        session.Begin();
        session.Queue("create table public.third (x int)");
        session.Queue("select nothing");
        var fault = Assert.Throws<SqlException>(session.Flush);
        session.Rollback();

        Assert.Equal("select nothing", fault.Sql);
        Assert.Equal("first|r\nsecond|r", await warehouse.KindsAsync("public"));
    }

    [Fact]
    public async Task Cancellation_BetweenTheCheckAndTheServer_IsNotLost()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        for (var round = 0; round < 20; round++)
        {
            using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(TestWarehouse.Token);
            using var session = PostgresSession.Open(warehouse.DataSource, "test", cancellation.Token);
            session.Flush();
            session.Observer = _ => cancellation.Cancel();
            session.Queue("select pg_sleep(300)");

            Assert.Throws<OperationCanceledException>(session.Flush);
        }
    }

    [Fact]
    public async Task DeferredBegin_ComesWithTheFirstChange()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var session = PostgresSession.Open(warehouse.DataSource, "test", TestWarehouse.Token);
        var sent = new List<string>();
        session.Observer = sql => sent.Add(sql.Split('\n')[0].Split(' ')[0]);
        session.DefersBegin = true;

        session.Begin();
        session.Query("select 1");
        Assert.False(session.InTransaction);
        session.Begin();
        session.Queue("create table public.t (x int)");
        Assert.True(session.InTransaction);
        session.Commit();
        session.Flush();

        Assert.Equal("select,select,begin,create,commit", string.Join(',', sent));
    }
}
