using Platform.Testing;
using Platform.Worker.Transform;

namespace Platform.Worker.Tests.Transform.Run;

/// <summary>Names and types as they are declared, and as PostgreSQL has them.</summary>
public sealed class DeclaredColumnTests(EmbeddedServers servers)
{
    private static readonly BuildRequest Plain = new() { Publish = false };

    [Fact]
    public async Task TypeOfDbt_InAContract_IsThatOfPostgres()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(
            ("models/names.sql", "{{ config(materialized='table', contract={'enforced': true}) }} select 'anna' as name"),
            ("models/names.yml", "models: [{name: names, columns: [{name: name, data_type: string, constraints: [{type: not_null}]}]}]"));

        await warehouse.PublishAsync(project, Plain);

        Assert.Equal("text", await warehouse.RowsAsync("select format_type(atttypid, null) from pg_attribute where attrelid = 'analytics.names'::regclass and attnum = 1"));
    }

    [Theory]
    [InlineData("quoting: {column: true}, tables: [{name: t, ")]
    [InlineData("tables: [{name: t, quoting: {column: true}, ")]
    public async Task ColumnsOfASource_ThatAreQuoted_AreQuotedInTests(string quoting)
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync("create schema raw; create table raw.t (\"Id\" int); insert into raw.t values (1)");
        using var project = TestProject.Of(("models/raw.yml", $"sources: [{{name: raw, {quoting}columns: [{{name: Id, data_tests: [unique]}}]}}]}}]"));

        await warehouse.PublishAsync(project, Plain);
    }

    [Fact]
    public async Task Schema_LongerThanPostgresKeeps_IsCutAsThere()
    {
        var name = new string('s', 70);
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(("models/a.sql", $"{{{{ config(schema='{name}', materialized='table') }}}} select 1 as id"), ("models/b.sql", "select * from {{ ref('a') }}"));

        await warehouse.PublishAsync(project, Plain);
        await warehouse.PublishAsync(project, Plain);

        Assert.Equal($"analytics_{name[..53]}|a", await warehouse.RowsAsync("select schemaname, tablename from pg_tables where schemaname like 'analytics\\_sss%'"));
    }

    [Fact]
    public async Task ThreadId_IsThatOfTheArtifacts()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(("models/a.sql", "{{ config(materialized='table') }} select '{{ thread_id }}' as thread"));

        var result = await warehouse.PublishAsync(project, Plain);

        Assert.Equal(result.Nodes.Single().ThreadId, await warehouse.RowsAsync("select thread from analytics.a"));
        Assert.StartsWith("Thread-", result.Nodes.Single().ThreadId, StringComparison.Ordinal);
    }
}
