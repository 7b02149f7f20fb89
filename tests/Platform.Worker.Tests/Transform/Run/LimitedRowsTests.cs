using Platform.Testing;
using Platform.Worker.Transform;

namespace Platform.Worker.Tests.Transform.Run;

/// <summary>Builds that read no rows (<c>--empty</c>) or those of a time (<c>--sample</c>, <c>--event-time-start</c>).</summary>
public sealed class LimitedRowsTests(EmbeddedServers servers)
{
    private const string Sources =
        """
        sources:
          - name: raw
            schema: public
            tables:
              - name: events
                config: {event_time: at}
              - name: plain
        """;

    private const string Events =
        """
        create table public.events as
        select day::int as id, timestamp '2026-01-01' + (day - 1) * interval '1 day' as at from generate_series(1, 10) day;
        create table public.plain as select * from public.events
        """;

    [Fact]
    public async Task Empty_EveryKindIsMade_WithoutARow()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync(Events);
        using var project = TestProject.Of(
            ("models/sources.yml", Sources),
            ("seeds/names.csv", "id,name\n1,anna\n2,bert\n"),
            ("models/inner.sql", "{{ config(materialized='ephemeral') }} select id, name from {{ source('raw', 'events') }} join {{ ref('names') }} using (id)"),
            ("models/a_table.sql", "{{ config(materialized='table') }} select * from {{ ref('inner') }}"),
            ("models/a_view.sql", "select * from {{ ref('a_table') }}"),
            ("models/an_increment.sql", "{{ config(materialized='incremental', unique_key='id') }} select * from {{ ref('a_view') }}"),
            ("models/with_constant.sql", "{{ config(materialized='table') }} select 1 as one"),
            ("models/counted.sql", "{{ config(materialized='table') }} select count(*) as rows from {{ ref('a_table') }}"),
            ("models/schema.yml", "models:\n  - name: a_table\n    columns: [{name: id, data_tests: [not_null, unique, {accepted_values: {arguments: {values: [99]}}}]}]\n"),
            ("models/unit.yml", "unit_tests:\n  - {name: copies, model: a_view, given: [{input: ref('a_table'), rows: [{id: 1, name: x}]}], expect: {rows: [{id: 1, name: x}]}}\n"),
            ("snapshots/history.sql", "{% snapshot history %}{{ config(strategy='check', check_cols='all', unique_key='id') }} select * from {{ source('raw', 'events') }}{% endsnapshot %}"));

        var result = await warehouse.PublishAsync(project, new BuildRequest { Publish = false, Empty = true });

        Assert.Contains(result.Nodes, node => node.Name == "copies" && node.Status is NodeStatus.Pass);
        Assert.Equal(
            "0|0|0|0|1|0",
            await warehouse.RowsAsync(
                """
                select (select count(*) from analytics.a_table), (select count(*) from analytics.a_view), (select count(*) from analytics.an_increment),
                       (select count(*) from analytics.history), (select count(*) from analytics.with_constant), (select rows from analytics.counted)
                """));
        Assert.Equal("2", await warehouse.RowsAsync("select count(*) from analytics.names"));
    }

    [Fact]
    public async Task Empty_LaterRun_AddsNothingAndLosesNothing()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync(Events);
        using var project = TestProject.Of(
            ("models/sources.yml", Sources),
            ("models/kept.sql", "{{ config(materialized='incremental', unique_key='id') }} select * from {{ source('raw', 'events') }}"),
            ("models/replaced.sql", "{{ config(materialized='table') }} select * from {{ source('raw', 'events') }}"));
        await warehouse.PublishAsync(project, new BuildRequest { Publish = false });

        await warehouse.PublishAsync(project, new BuildRequest { Publish = false, Empty = true });

        Assert.Equal("10|0", await warehouse.RowsAsync("select (select count(*) from analytics.kept), (select count(*) from analytics.replaced)"));
    }

    [Theory]
    [InlineData("{start: '2026-01-03', end: '2026-01-06'}", "3,4,5")]
    [InlineData("{'start': '2026-01-03T00:00:01', 'end': '2026-01-05 00:00:01'}", "4,5")]
    [InlineData("3 days", "")]
    public async Task Sample_OnlyInputsWithAnEventTime_AreReadInPart(string window, string expected)
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync(Events);
        using var project = TestProject.Of(
            ("models/sources.yml", Sources),
            ("models/staged.sql", "{{ config(event_time='at') }} select * from {{ source('raw', 'plain') }}"),
            ("models/of_source.sql", "{{ config(materialized='table') }} select * from {{ source('raw', 'events') }}"),
            ("models/of_model.sql", "{{ config(materialized='table') }} select * from {{ ref('staged') }}"),
            ("models/of_plain.sql", "{{ config(materialized='table') }} select * from {{ source('raw', 'plain') }}"));

        await warehouse.PublishAsync(project, new BuildRequest { Publish = false, Sample = window });

        const string Ids = "select coalesce(string_agg(id::text, ',' order by id), '') from analytics.";
        Assert.Equal(
            (expected, expected, "1,2,3,4,5,6,7,8,9,10"),
            (await warehouse.RowsAsync(Ids + "of_source"), await warehouse.RowsAsync(Ids + "of_model"), await warehouse.RowsAsync(Ids + "of_plain")));
    }

    [Fact]
    public async Task Sample_CountsBackFromNow()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync("create table public.events as select hours as id, now() - hours * interval '1 hour' as at from generate_series(1, 100) hours");
        using var project = TestProject.Of(
            ("models/sources.yml", "sources: [{name: raw, schema: public, tables: [{name: events, config: {event_time: at}}]}]"),
            ("models/recent.sql", "{{ config(materialized='table') }} select * from {{ source('raw', 'events') }}"));

        await warehouse.PublishAsync(project, new BuildRequest { Publish = false, Sample = "2 days" });

        Assert.Equal("47", await warehouse.RowsAsync("select count(*) from analytics.recent where id < 48"));
        Assert.Equal("0", await warehouse.RowsAsync("select count(*) from analytics.recent where id > 48"));
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("3 fortnights")]
    [InlineData("{start: '2026-01-01'}")]
    public async Task Sample_ThatIsNoWindow_IsRefused(string window)
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(("models/a.sql", "select 1 as one"));

        var fault = await Assert.ThrowsAsync<TransformException>(() => warehouse.BuildAsync(project, new BuildRequest { Publish = false, Sample = window }));

        Assert.Contains("is no sample: write a number of hours, days, months or years", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("columns: [{name: When, quote: true}]", "")]
    [InlineData("columns: [{name: When}]", "quoting: {column: true}")]
    [InlineData("quoting: {column: true}", "")]
    public async Task EventTime_QuotedColumn_IsQuoted(string table, string source)
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync("create table public.events as select 1 as id, timestamp '2026-01-01' as \"When\" union all select 2, '2026-01-02'");
        using var project = TestProject.Of(
            ("models/sources.yml", $"sources:\n  - name: raw\n    schema: public\n    {source}\n    tables:\n      - name: events\n        config: {{event_time: When}}\n        {table}\n"),
            ("models/a.sql", "{{ config(materialized='table') }} select * from {{ source('raw', 'events') }}"));

        await warehouse.PublishAsync(project, new BuildRequest { Publish = false, Sample = "{start: '2026-01-02', end: '2026-01-03'}" });

        Assert.Equal("2", await warehouse.RowsAsync("select id from analytics.a"));
    }
}
