using Npgsql;
using Platform.Testing;
using Platform.Worker.Transform;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Tests.Transform.Publish;

public sealed class PublishTests(EmbeddedServers servers)
{
    [Fact]
    public async Task Publication_CarriesManifestResultsAndGrants()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(
            ("models/orders.sql", "{{ config(materialized='table') }} select 1 as id, 2.50::numeric(18,2) as amount"),
            ("models/schema.yml", """
                models:
                  - name: orders
                    description: All orders.
                    columns:
                      - {name: id, description: Number., data_tests: [unique]}
                """));

        var result = await warehouse.PublishAsync(project, new BuildRequest { From = new DateOnly(2026, 1, 1), To = new DateOnly(2026, 1, 31) });

        Assert.Equal(
            "orders|All orders.|numeric(18,2)|Number.|unique_orders_id",
            await warehouse.RowsAsync("""
                select m ->> 'name', m ->> 'description', m #>> '{columns,1,type}', m #>> '{columns,0,description}', m #>> '{tests,0,name}'
                from meta.publication, jsonb_array_elements(manifest -> 'models') as m where is_current
                """));
        Assert.Equal(
            $"{result.PublicationId}|{result.InvocationId}|2026-01-01|2026-01-31|1.0",
            await warehouse.RowsAsync("select publication_id, invocation_id, data_date_from::text, data_date_to::text, project_version from meta.publication"));
        Assert.Equal(
            "model.shop.orders|success|1\ntest.shop.unique_orders_id|pass|",
            await warehouse.RowsAsync("select regexp_replace(unique_id, '\\.[0-9a-f]{10}$', ''), status, rows_affected from meta.node_result order by 1"));
        Assert.Equal("True|True|False", await warehouse.RowsAsync("""
            select has_table_privilege('platform_api', 'analytics.orders', 'select'), has_table_privilege('bi_reader', 'analytics.orders', 'select'),
                   has_table_privilege('platform_api', 'analytics.orders', 'insert')
            """));
        Assert.Equal("True", await warehouse.RowsAsync("select success from meta.invocation"));
    }

    [Fact]
    public async Task FailedTest_KeepsWhatWasPublished_AndTheCandidates()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(
            ("models/orders.sql", "{{ config(materialized='table') }} select 1 as id"),
            ("models/lines.sql", "{{ config(materialized='table') }} select 1 as id"),
            ("models/schema.yml", "models: [{name: orders, columns: [{name: id, data_tests: [{accepted_values: {values: [1]}}]}]}]"));
        var first = await warehouse.PublishAsync(project);

        project.Write("models/orders.sql", "{{ config(materialized='table') }} select 22 as id");
        project.Write("models/lines.sql", "{{ config(materialized='table') }} select 22 as id");
        var second = await warehouse.BuildAsync(project);

        Assert.False(second.Success);
        Assert.Null(second.PublicationId);
        Assert.Equal("1|1", await warehouse.RowsAsync("select orders.id, lines.id from analytics.orders, analytics.lines"));
        Assert.Equal("22|22", await warehouse.RowsAsync("select orders.id, lines.id from candidate.orders, candidate.lines"));
        Assert.Equal(first.PublicationId, await warehouse.ScalarAsync<long>("select publication_id from meta.publication where is_current"));
        Assert.Equal("True\nFalse", await warehouse.RowsAsync("select success from meta.invocation order by started_at"));

        project.Write("models/orders.sql", "{{ config(materialized='table') }} select 1 as id, 'mended' as note");
        await warehouse.PublishAsync(project);
        Assert.Equal("1|mended|22", await warehouse.RowsAsync("select orders.*, lines.id from analytics.orders, analytics.lines"));
    }

    [Theory]
    [InlineData("ReadCommitted")]
    [InlineData("RepeatableRead")]
    public async Task Reader_InALoop_NeverSeesAMix(string isolation)
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync("create table public.version as select 0 as version");
        using var project = TestProject.Of(
            ("models/base.sql", "{{ config(materialized='table') }} select version, n from public.version, generate_series(1, 100) as n"),
            ("models/above.sql", "select version, count(*) as rows from {{ ref('base') }} group by version"),
            ("models/events.sql", "{{ config(materialized='incremental', unique_key='n') }} select version, n from {{ ref('base') }}"),
            ("models/summary.sql", "{{ config(materialized='table') }} select distinct version from {{ ref('events') }}"));
        await warehouse.PublishAsync(project);

        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(() => ReadAsync(warehouse, isolation, stop.Token))).ToList();
        for (var version = 1; version <= 8; version++)
        {
            await warehouse.ExecuteAsync($"update public.version set version = {version}");
            await warehouse.PublishAsync(project);
        }

        await stop.CancelAsync();
        var seen = (await Task.WhenAll(readers)).SelectMany(states => states).ToHashSet();
        Assert.Contains("8 8 8 8 8 100", seen);
        Assert.All(seen, state => Assert.Single(state.Split(' ')[..5].Distinct()));
    }

    [Fact]
    public async Task RemovedModel_LeavesAnalytics_OnlyWithABuildOfTheWholeProject()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(("models/orders.sql", "select 1 as id"), ("models/old.sql", "select * from {{ ref('orders') }}"));
        await warehouse.PublishAsync(project);
        project.Delete("models/old.sql");

        await warehouse.PublishAsync(project, new BuildRequest { Select = ["orders"] });
        Assert.Equal("old|v\norders|v", await warehouse.KindsAsync("analytics"));

        await warehouse.PublishAsync(project);
        Assert.Equal("orders|v", await warehouse.KindsAsync("analytics"));
    }

    [Fact]
    public async Task ModelThatBecomesAnotherKind_IsReplaced()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(("models/orders.sql", "select 1 as id"), ("models/above.sql", "select * from {{ ref('orders') }}"));
        await warehouse.PublishAsync(project);
        foreach (var (config, kind) in ((string, string)[])[("table", "r"), ("incremental", "r"), ("view", "v"), ("incremental", "r"), ("table", "r")])
        {
            project.Write("models/orders.sql", "{{ config(materialized='" + config + "') }} select 1 as id, '" + config + "' as kind");

            await warehouse.PublishAsync(project);

            Assert.Equal($"above|v\norders|{kind}", await warehouse.KindsAsync("analytics"));
        }

        Assert.Equal("1|table", await warehouse.RowsAsync("select * from analytics.above"));
    }

    [Fact]
    public async Task SelectedModel_ReadsPublishedOnes_AndViewsOnItAreKept()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(
            ("models/base.sql", "{{ config(materialized='table') }} select 1 as id"),
            ("models/orders.sql", "{{ config(materialized='table') }} select id, 1 as version from {{ ref('base') }}"),
            ("models/above.sql", "select * from {{ ref('orders') }}"));
        await warehouse.PublishAsync(project);
        project.Write("models/base.sql", "{{ config(materialized='table') }} select 99 as id");
        project.Write("models/orders.sql", "{{ config(materialized='table') }} select id, 2222 as version from {{ ref('base') }}");

        await warehouse.PublishAsync(project, new BuildRequest { Select = ["orders"] });

        Assert.Equal("1|2222", await warehouse.RowsAsync("select * from analytics.above"));
        Assert.Equal(3, await warehouse.ScalarAsync<long>("select jsonb_array_length(manifest -> 'models')::bigint from meta.publication where is_current"));
    }

    [Fact]
    public async Task SelectedModel_OfSomethingNeverPublished_SaysWhatToBuild()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(("models/base.sql", "select 1 as id"), ("models/orders.sql", "select * from {{ ref('base') }}"));

        var result = await warehouse.BuildAsync(project, new BuildRequest { Select = ["orders"] });

        Assert.Contains("'base' is neither part of this build nor published yet. Build it too: select '+orders'.", Assert.Single(result.Failures).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ViewThatAUserMade_IsKeptWithOwnerGrantsAndComment()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(("models/orders.sql", "{{ config(materialized='table') }} select 1 as id, 'a' as name"));
        await warehouse.PublishAsync(project);
        await warehouse.ExecuteAsync("""
            create view public.mine with (security_barrier = true) as select name from analytics.orders where id > 0;
            create materialized view public.mine_too as select count(*) as n from public.mine;
            grant select on public.mine to bi_reader;
            comment on view public.mine is 'hands off';
            """);

        project.Write("models/orders.sql", "{{ config(materialized='table') }} select 2 as id, 'b' as name, true as extra");
        await warehouse.PublishAsync(project);

        Assert.Equal("b|1|hands off|True|{security_barrier=true}", await warehouse.RowsAsync("""
            select mine.name, mine_too.n, obj_description('public.mine'::regclass), has_table_privilege('bi_reader', 'public.mine', 'select'), c.reloptions::text
            from public.mine, public.mine_too, pg_class as c where c.oid = 'public.mine'::regclass
            """));
    }

    [Fact]
    public async Task ViewThatNoLongerFits_StopsThePublication_AndIsNamed()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(("models/orders.sql", "{{ config(materialized='table') }} select 1 as id, 'a' as name"));
        await warehouse.PublishAsync(project);
        await warehouse.ExecuteAsync("create view public.mine as select name from analytics.orders");

        project.Write("models/orders.sql", "{{ config(materialized='table') }} select 2 as id");
        var fault = await Assert.ThrowsAsync<TransformException>(() => warehouse.BuildAsync(project));

        Assert.StartsWith("view public.mine: reads a published model and no longer fits it", fault.Message, StringComparison.Ordinal);
        Assert.Equal("a", await warehouse.RowsAsync("select * from public.mine"));
    }

    [Fact]
    public async Task RelationThatNoPublicationMade_IsNotReplaced()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync("create table analytics.orders as select 'precious' as content");
        using var project = TestProject.Of(("models/orders.sql", "select 1 as id"));

        var fault = await Assert.ThrowsAsync<TransformException>(() => warehouse.BuildAsync(project));

        Assert.Contains("\"analytics\".\"orders\" is there already, and no publication made it", fault.Message, StringComparison.Ordinal);
        Assert.Equal("precious", await warehouse.RowsAsync("select * from analytics.orders"));
        Assert.Contains("no publication made it", await warehouse.ScalarAsync<string>("select detail ->> 'error' from meta.invocation"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CustomSchema_IsPublishedAndReadableThere()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(
            ("models/orders.sql", "{{ config(materialized='table', schema='finance') }} select 1 as id"), ("models/lines.sql", "select * from {{ ref('orders') }}"));

        await warehouse.PublishAsync(project);
        await warehouse.PublishAsync(project);

        Assert.Equal("1", await warehouse.RowsAsync("select * from analytics_finance.orders"));
        Assert.True(await warehouse.ScalarAsync<bool>("select has_schema_privilege('bi_reader', 'analytics_finance', 'usage') and has_table_privilege('bi_reader', 'analytics_finance.orders', 'select')"));
    }

    [Fact]
    public async Task LongRunningReader_IsWaitedFor_AndOtherReadersPassMeanwhile()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(("models/orders.sql", "{{ config(materialized='table') }} select 1 as id"));
        await warehouse.PublishAsync(project);
        await using var reader = await warehouse.DataSource.OpenConnectionAsync(TestWarehouse.Token);
        await using var transaction = await reader.BeginTransactionAsync(TestWarehouse.Token);
        await using (var read = new NpgsqlCommand("select * from analytics.orders", reader, transaction))
        {
            await read.ExecuteScalarAsync(TestWarehouse.Token);
        }

        project.Write("models/orders.sql", "{{ config(materialized='table') }} select 22 as id");
        var build = warehouse.PublishAsync(project);
        await UntilAsync(async () => await warehouse.ScalarAsync<bool>("select to_regclass('candidate.orders') is not null"));
        for (var read = 0; read < 20; read++)
        {
            Assert.Equal("1", await warehouse.RowsAsync("select * from analytics.orders"));
            await Task.Delay(20, TestWarehouse.Token);
        }

        Assert.False(build.IsCompleted);
        await transaction.CommitAsync(TestWarehouse.Token);
        await build;
        Assert.Equal("22", await warehouse.RowsAsync("select * from analytics.orders"));
    }

    [Fact]
    public async Task ReaderThatNeverEnds_EndsThePublicationAsAnOutage()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers, new TransformOptions { PublishPatienceSeconds = 1 });
        using var project = TestProject.Of(("models/orders.sql", "{{ config(materialized='table') }} select 1 as id"));
        await warehouse.PublishAsync(project);
        await using var reader = await warehouse.DataSource.OpenConnectionAsync(TestWarehouse.Token);
        await using var transaction = await reader.BeginTransactionAsync(TestWarehouse.Token);
        await using (var read = new NpgsqlCommand("select * from analytics.orders", reader, transaction))
        {
            await read.ExecuteScalarAsync(TestWarehouse.Token);
        }

        await Assert.ThrowsAsync<TimeoutException>(() => warehouse.BuildAsync(project));

        await transaction.CommitAsync(TestWarehouse.Token);
        await warehouse.PublishAsync(project);
    }

    [Fact]
    public async Task GrantsThatAnotherWorkerRenewsMeanwhile_AreWaitedFor()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(("models/orders.sql", "{{ config(materialized='table') }} select 1 as id"));
        await warehouse.PublishAsync(project);
        await using var starting = await warehouse.DataSource.OpenConnectionAsync(TestWarehouse.Token);
        await using var transaction = await starting.BeginTransactionAsync(TestWarehouse.Token);
        await Grants.ApplyAsync(starting, TestWarehouse.Token);

        project.Write("models/orders.sql", "{{ config(materialized='table') }} select 2 as id");
        var publishing = warehouse.PublishAsync(project);
        await UntilAsync(async () => await warehouse.ScalarAsync<bool>("select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')"));
        await transaction.CommitAsync(TestWarehouse.Token);
        await publishing;

        Assert.Equal("2", await warehouse.RowsAsync("select id from analytics.orders"));
    }

    [Fact]
    public async Task TwoBuildsAtOnce_TakeTurns()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(("models/orders.sql", "{{ config(materialized='table') }} select 1 as id from pg_sleep(0.2)"), ("models/lines.sql", "select * from {{ ref('orders') }}"));

        var results = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => warehouse.PublishAsync(project)));

        Assert.Equal([1L, 2L, 3L], results.Select(result => result.PublicationId!.Value).Order());
    }

    [Fact]
    public async Task ConnectionsCutMidBuild_LeaveAnalyticsUntouched_AndTheNextBuildGoesWell()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync("create table public.pause as select 0 as seconds");
        using var project = TestProject.Of(
            ("models/first.sql", "{{ config(materialized='table') }} select 1 as id"),
            ("models/second.sql", "{{ config(materialized='table') }} select f.id from {{ ref('first') }} as f, public.pause, pg_sleep(pause.seconds)"));
        await warehouse.PublishAsync(project);
        await warehouse.ExecuteAsync("update public.pause set seconds = 60");
        project.Write("models/first.sql", "{{ config(materialized='table') }} select 22 as id");

        var build = warehouse.BuildAsync(project);
        await UntilAsync(async () => await warehouse.ScalarAsync<bool>(
            "select count(pg_terminate_backend(pid)) > 0 from pg_stat_activity where datname = current_database() and query like '%pg_sleep%' and pid <> pg_backend_pid()"));

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => build);
        Assert.Equal("1|1", await warehouse.RowsAsync("select f.id, s.id from analytics.first as f, analytics.second as s"));
        await warehouse.ExecuteAsync("update public.pause set seconds = 0");
        await warehouse.PublishAsync(project);
        Assert.Equal("22|22", await warehouse.RowsAsync("select f.id, s.id from analytics.first as f, analytics.second as s"));
        Assert.Equal("", await warehouse.KindsAsync("candidate"));
    }

    [Fact]
    public async Task PublishingSessionCutInTheFlip_LeavesWhatWasPublished_AndTheNextBuildGoesWell()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(
            ("models/orders.sql", "{{ config(materialized='table') }} select 1 as id"),
            ("models/events.sql", "{{ config(materialized='incremental', unique_key='id') }} select id from {{ ref('orders') }}"));
        await warehouse.PublishAsync(project);
        await using var reader = await warehouse.DataSource.OpenConnectionAsync(TestWarehouse.Token);
        await using var transaction = await reader.BeginTransactionAsync(TestWarehouse.Token);
        await using (var read = new NpgsqlCommand("select * from analytics.orders", reader, transaction))
        {
            await read.ExecuteScalarAsync(TestWarehouse.Token);
        }

        project.Write("models/orders.sql", "{{ config(materialized='table') }} select 22 as id");
        var build = warehouse.BuildAsync(project);
        await UntilAsync(async () => await warehouse.ScalarAsync<bool>(
            "select count(pg_terminate_backend(pid)) > 0 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like 'lock table%'"));

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => build);
        await transaction.CommitAsync(TestWarehouse.Token);
        Assert.Equal("1|1|1", await warehouse.RowsAsync("select o.id, e.id, p.publication_id from analytics.orders as o, analytics.events as e, meta.publication as p"));
        Assert.Equal("False", await warehouse.RowsAsync("select success from meta.invocation order by started_at desc limit 1"));
        await warehouse.PublishAsync(project);
        Assert.Equal("22|1,22", await warehouse.RowsAsync("select (select id from analytics.orders), string_agg(id::text, ',' order by id) from analytics.events"));
        Assert.Equal("", await warehouse.KindsAsync("candidate"));
    }

    [Fact]
    public async Task CancelledBuild_StopsTheServersWork_AndPublishesNothing()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(("models/orders.sql", "{{ config(materialized='table') }} select 1 as id from pg_sleep(60)"));
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestWarehouse.Token);

        var build = warehouse.Engine.BuildAsync(new BuildRequest { ProjectDirectory = project.Directory }, null, cancel.Token);
        await UntilAsync(async () => await warehouse.ScalarAsync<bool>("select exists (select from pg_stat_activity where datname = current_database() and query like '%pg_sleep(60)%' and pid <> pg_backend_pid())"));
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => build);
        Assert.False(await warehouse.ScalarAsync<bool>("select exists (select from pg_stat_activity where datname = current_database() and state = 'active' and query like '%pg_sleep(60)%' and pid <> pg_backend_pid())"));
        Assert.Equal("", await warehouse.KindsAsync("analytics"));
    }

    private static async Task<HashSet<string>> ReadAsync(TestWarehouse warehouse, string isolation, CancellationToken stop)
    {
        const string oneStatement = """
            select concat_ws(' ', (select max(version) from analytics.base), (select max(version) from analytics.above), (select max(version) from analytics.events),
                             (select max(version) from analytics.summary), (select min(version) from analytics.events), (select max(rows) from analytics.above))
            """;
        var seen = new HashSet<string>();
        for (var last = false; !last;)
        {
            last = stop.IsCancellationRequested;
            if (isolation == "ReadCommitted")
            {
                seen.Add(await warehouse.ScalarAsync<string>(oneStatement) ?? "");
                continue;
            }

            // Several statements of one snapshot, which the lock keeps from being older than the relations (Publish/README.md).
            await using var connection = await warehouse.DataSource.OpenConnectionAsync(TestWarehouse.Token);
            await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, TestWarehouse.Token);
            var parts = new List<string>();
            foreach (var sql in (string[])["lock table meta.publication in access share mode", "select max(version) from analytics.base",
                "select max(version) from analytics.above", "select max(version) from analytics.events", "select max(version) from analytics.summary",
                "select min(version) from analytics.events", "select max(rows) from analytics.above"])
            {
                await using var command = new NpgsqlCommand(sql, connection, transaction);
                parts.Add(FormattableString.Invariant($"{await command.ExecuteScalarAsync(TestWarehouse.Token)}"));
            }

            seen.Add(string.Join(' ', parts.Skip(1)));
        }

        return seen;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        while (!await condition())
        {
            await Task.Delay(20, TestWarehouse.Token);
        }
    }
}
