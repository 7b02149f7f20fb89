using Platform.Testing;
using Platform.Worker.Transform;

namespace Platform.Worker.Tests.Transform.Run;

/// <summary>Plain materializations, as dbt-postgres leaves the warehouse.</summary>
public sealed class MaterializationTests(EmbeddedServers servers)
{
    private static readonly BuildRequest Plain = new() { Publish = false, Threads = 1 };

    [Fact]
    public async Task TableBecomesAViewAndBack_AndViewsOnItAreMadeAgain()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(
            ("models/below.sql", "{{ config(materialized='table') }} select 1 as x"), ("models/above.sql", "select * from {{ ref('below') }}"));
        foreach (var (materialized, kind) in ((string, string)[])[("table", "r"), ("view", "v"), ("table", "r"), ("incremental", "r"), ("materialized_view", "m"), ("table", "r")])
        {
            project.Write("models/below.sql", $"{{{{ config(materialized='{materialized}') }}}} select 1 as x");

            await warehouse.PublishAsync(project, Plain);

            Assert.Equal($"above|v\nbelow|{kind}", await warehouse.KindsAsync("analytics"));
            Assert.Equal("1", await warehouse.RowsAsync("select distinct x from analytics.above"));
        }
    }

    [Fact]
    public async Task WhatAKilledRunHasLeft_IsDropped()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync("create table analytics.a__dbt_tmp (x int); create view analytics.a__dbt_backup as select 1 as x");
        using var project = TestProject.Of(("models/a.sql", "{{ config(materialized='table') }} select 1 as x"));

        await warehouse.PublishAsync(project, Plain);

        Assert.Equal("a|r", await warehouse.KindsAsync("analytics"));
    }

    [Fact]
    public async Task LongName_GivesWayToTheSuffix()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        var name = new string('a', 60);
        using var project = TestProject.Of(($"models/{name}.sql", "{{ config(materialized='incremental', unique_key='x') }} select 1 as x"));

        await warehouse.PublishAsync(project, Plain);
        await warehouse.PublishAsync(project, Plain);
        await warehouse.PublishAsync(project, Plain with { FullRefresh = true });

        Assert.Equal($"{name}|r", await warehouse.KindsAsync("analytics"));
    }

    [Fact]
    public async Task SettingsAndTemporaryTablesOfOneNode_DoNotReachTheNext()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        const string hooked = "{{ config(pre_hook=[\"set shop.mode = 'odd'\", 'create temporary table helper as select 1 as one']) }} ";
        using var project = TestProject.Of(
            ("models/a.sql", hooked + "{{ config(materialized='table') }} select current_setting('shop.mode') as mode, one from helper"),
            ("models/b.sql", "{{ config(materialized='table') }} -- depends_on: {{ ref('a') }}\nselect coalesce(current_setting('shop.mode', true), '') as mode"),
            ("models/c.sql", hooked + "{{ config(materialized='table') }} -- depends_on: {{ ref('b') }}\nselect one from helper"));

        await warehouse.PublishAsync(project, Plain);

        Assert.Equal("odd|1||1", await warehouse.RowsAsync("select a.mode, a.one, b.mode, c.one from analytics.a, analytics.b, analytics.c"));
    }

    [Fact]
    public async Task UnloggedTable_IndexesAndHeader_AreWrittenIntoTheDdl()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(("models/a.sql", """
            {{ config(materialized='table', unlogged=true, sql_header="set local timezone = 'Asia/Tokyo';",
                      indexes=[{'columns': ['x'], 'type': 'hash'}, {'columns': ['x', 'zone'], 'unique': true}]) }}
            select 1 as x, current_setting('timezone') as zone
            """));

        await warehouse.PublishAsync(project, Plain);
        await warehouse.PublishAsync(project, Plain);

        Assert.Equal("u", await warehouse.RowsAsync("select relpersistence from pg_class where oid = 'analytics.a'::regclass"));
        Assert.Equal("Asia/Tokyo", await warehouse.RowsAsync("select zone from analytics.a"));
        Assert.Equal(
            "btree|True|{1,2}\nhash|False|{1}",
            await warehouse.RowsAsync(
                "select m.amname, i.indisunique, string_to_array(i.indkey::text, ' ')::text from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am m on m.oid = c.relam where i.indrelid = 'analytics.a'::regclass order by 1"));
    }

    [Fact]
    public async Task Grants_AreRevoked_WhereTheTableStays()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync("do $$ begin create role reader_one; exception when duplicate_object then null; end $$; do $$ begin create role reader_two; exception when duplicate_object then null; end $$");
        using var project = TestProject.Of(("models/a.sql", Model("reader_one")));
        await warehouse.PublishAsync(project, Plain);

        project.Write("models/a.sql", Model("reader_two"));
        await warehouse.PublishAsync(project, Plain);

        Assert.Equal(
            "reader_two", await warehouse.RowsAsync("select grantee from information_schema.role_table_grants where table_name = 'a' and grantee <> current_user and privilege_type = 'SELECT'"));

        static string Model(string role) => $"{{{{ config(materialized='incremental', grants={{'select': ['{role}']}}) }}}} select 1 as x";
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task QuotesInAnAlias_AreEscaped(bool publish)
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(
            ("seeds/names.csv", "id,name\n1,anna\n"),
            ("seeds/seeds.yml", "seeds: [{name: names, config: {alias: 'a \"seed\"'}}]"),
            ("models/a.sql", "{{ config(materialized='table', alias='a \"table\"', indexes=[{'columns': ['id']}], persist_docs={'relation': true, 'columns': true}) }} select * from {{ ref('names') }}"),
            ("models/b.sql", "{{ config(materialized='view', alias='a \"view\"') }} select * from {{ ref('a') }}"),
            ("models/c.sql", "{{ config(materialized='incremental', alias='an \"increment\"', unique_key='id', incremental_strategy='merge') }} select * from {{ ref('b') }}"),
            ("models/schema.yml", "models: [{name: a, description: it's \"a\", columns: [{name: id, description: the id, data_tests: [unique]}]}]"),
            ("snapshots/s.sql", "{% snapshot s %}{{ config(alias='a \"snapshot\"', strategy='check', check_cols='all', unique_key='id') }} select * from {{ ref('c') }}{% endsnapshot %}"));
        var request = new BuildRequest { Publish = publish };

        await warehouse.PublishAsync(project, request);
        await warehouse.PublishAsync(project, request);
        await warehouse.PublishAsync(project, request with { FullRefresh = true });

        Assert.Equal(
            """
            a "seed"|r
            a "snapshot"|r
            a "table"|r
            a "view"|v
            an "increment"|r
            """,
            await warehouse.KindsAsync("analytics"));
    }

    [Fact]
    public async Task Grants_OfSeedsAndSnapshots_AreGivenAndTakenBack()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync("do $$ begin create role reader_one; exception when duplicate_object then null; end $$; do $$ begin create role reader_two; exception when duplicate_object then null; end $$");
        using var project = TestProject.Of(
            ("seeds/names.csv", "id,name\n1,anna\n"),
            ("snapshots/history.sql", "{% snapshot history %}{{ config(strategy='check', check_cols='all', unique_key='id') }} select * from {{ ref('names') }}{% endsnapshot %}"),
            ("dbt_project.yml", Settings("reader_one")));
        await warehouse.PublishAsync(project, Plain);
        Assert.Equal("history|reader_one|SELECT\nnames|reader_one|INSERT\nnames|reader_one|SELECT", await GrantsAsync());

        project.Write("dbt_project.yml", Settings("reader_two"));
        await warehouse.PublishAsync(project, Plain);
        Assert.Equal("history|reader_two|SELECT\nnames|reader_two|INSERT\nnames|reader_two|SELECT", await GrantsAsync());

        await warehouse.PublishAsync(project, Plain with { FullRefresh = true });
        Assert.Equal("history|reader_two|SELECT\nnames|reader_two|INSERT\nnames|reader_two|SELECT", await GrantsAsync());

        project.Write("dbt_project.yml", "name: shop\nversion: '1.0'\nseeds: {+grants: {select: []}}\n");
        await warehouse.PublishAsync(project, Plain);
        Assert.Equal("history|reader_two|SELECT", await GrantsAsync());

        Task<string> GrantsAsync() => warehouse.RowsAsync(
            """
            select table_name, grantee, privilege_type from information_schema.role_table_grants
            where table_schema = 'analytics' and grantee like 'reader%' order by 1, 2, 3
            """);

        static string Settings(string role) =>
            $"name: shop\nversion: '1.0'\nseeds: {{+grants: {{select: [{role}], insert: {role}}}}}\nsnapshots: {{+grants: {{select: ['{role}']}}}}\n";
    }

    [Theory]
    [InlineData("apply", "Success", "2")]
    [InlineData("continue", "Success", "1")]
    [InlineData("fail", "Error", "1")]
    public async Task MaterializedViewWithAnotherIndex_DoesAsConfigured(string setting, string status, string indexedColumn)
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync("create table public.numbers as select 1 as x, 2 as y");
        using var project = TestProject.Of(("models/a.sql", Model("x")));
        await warehouse.PublishAsync(project, Plain);
        var oid = await warehouse.ScalarAsync<uint>("select 'analytics.a'::regclass::oid");
        await warehouse.ExecuteAsync("insert into public.numbers values (3, 4)");

        await warehouse.PublishAsync(project, Plain);
        Assert.Equal("1\n3", await warehouse.RowsAsync("select x from analytics.a order by 1"));
        project.Write("models/a.sql", Model("y"));
        var result = await warehouse.BuildAsync(project, Plain);

        Assert.Equal(status, result.Nodes.Single().Status.ToString());
        Assert.Equal(indexedColumn, await warehouse.RowsAsync("select indkey::text from pg_index where indrelid = 'analytics.a'::regclass"));
        Assert.Equal(oid, await warehouse.ScalarAsync<uint>("select 'analytics.a'::regclass::oid"));

        string Model(string column) =>
            $"{{{{ config(materialized='materialized_view', on_configuration_change='{setting}', indexes=[{{'columns': ['{column}']}}]) }}}} select * from public.numbers";
    }

    [Fact]
    public async Task MaterializedView_IsPublishedWithTheOthers()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync("create table public.numbers as select 1 as x");
        using var project = TestProject.Of(
            ("models/a.sql", "{{ config(materialized='materialized_view', indexes=[{'columns': ['x'], 'unique': true}]) }} select * from public.numbers"),
            ("models/b.sql", "select * from {{ ref('a') }}"));
        await warehouse.PublishAsync(project);
        await warehouse.ExecuteAsync("update public.numbers set x = 7");

        await warehouse.PublishAsync(project);

        Assert.Equal("7", await warehouse.RowsAsync("select x from analytics.b"));
        Assert.Equal("a|m\nb|v", await warehouse.KindsAsync("analytics"));
        Assert.Equal("", await warehouse.KindsAsync("candidate"));
    }
}
