using Platform.Testing;
using Platform.Worker.Transform;

namespace Platform.Worker.Tests.Transform.Run.Seeds;

/// <summary>Seeds in the warehouse.</summary>
public sealed class SeedTests(EmbeddedServers servers)
{
    private static readonly BuildRequest Plain = new() { Publish = false };

    private const string Types =
        "select attname, format_type(atttypid, atttypmod) from pg_attribute where attrelid = 'analytics.things'::regclass and attnum > 0 order by attnum";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Seed_HasInferredAndConfiguredTypes(bool publish)
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(
            ("seeds/things.csv", "id,price,rate,day,at,moment,flag,note,nothing\n"
                + "1,1.5,1.50,2026-01-31,2026-01-31 10:00:00,2026-01-31T10:00:00+02:00,TRUE,\"a\"\"b,\tc\\\",\n"
                + "2,2,2,2026-02-01,2026-02-01 11:30:00,2026-02-01T00:00:00Z,false,null,\n"),
            ("seeds/schema.yml", "seeds: [{name: things, config: {column_types: {price: 'numeric(18,2)'}}}]"));

        await warehouse.PublishAsync(project, Plain with { Publish = publish });

        Assert.Equal(
            "id|integer\nprice|numeric(18,2)\nrate|double precision\nday|date\nat|timestamp without time zone\nmoment|timestamp without time zone\n"
            + "flag|boolean\nnote|text\nnothing|integer", await warehouse.RowsAsync(Types));
        Assert.Equal("1|1.50|a\"b,\tc\\|\n2|2.00||", await warehouse.RowsAsync("select id, price, note, nothing from analytics.things order by id"));
        Assert.Equal(
            "2026-01-31 08:00:00\n2026-02-01 00:00:00",
            await warehouse.RowsAsync("select (moment at time zone current_setting('TimeZone') at time zone 'utc')::text from analytics.things order by id"));
    }

    [Fact]
    public async Task SeedBuiltAgain_TakesTheNewRows_AndRefusesNewColumnsWithoutAFullRefresh()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(("seeds/things.csv", "id\n1\n2\n"));
        var first = await warehouse.PublishAsync(project, Plain);
        Assert.Equal("INSERT 2", first.Nodes.Single().Message);
        await warehouse.ExecuteAsync("create view public.reader as select * from analytics.things");

        project.Write("seeds/things.csv", "id\n3\n");
        await warehouse.PublishAsync(project, Plain);
        Assert.Equal("3", await warehouse.RowsAsync("select * from public.reader"));

        project.Write("seeds/things.csv", "id,name\n3,a\n");
        var changed = await warehouse.BuildAsync(project, Plain);
        Assert.Contains("column \"name\" of relation \"things\" does not exist", Assert.Single(changed.Failures).Message, StringComparison.Ordinal);
        Assert.Equal("3", await warehouse.RowsAsync("select * from public.reader"));

        var refreshed = await warehouse.PublishAsync(project, Plain with { FullRefresh = true });
        Assert.Equal("CREATE 1", refreshed.Nodes.Single().Message);
        Assert.Equal("3|a", await warehouse.RowsAsync("select * from analytics.things"));
        Assert.Equal("", await warehouse.KindsAsync("public"));
    }

    [Fact]
    public async Task SeedOverAView_IsRefused()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync("create schema if not exists analytics; create view analytics.things as select 1 as id");
        using var project = TestProject.Of(("seeds/things.csv", "id\n1\n"));

        var result = await warehouse.BuildAsync(project, Plain);

        Assert.Contains("it is a view", Assert.Single(result.Failures).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ValueThatDoesNotFit_IsNamedWithItsLine()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(("seeds/things.csv", "id,big\n1,\"\n2\"\n2,5000000000\n"));

        var result = await warehouse.BuildAsync(project, Plain);

        Assert.Equal(
            "Database Error in seed things (seeds/things.csv)\n  seeds/things.csv:4: value \"5000000000\" is out of range for type integer. Column big: \"5000000000\". Correct the file, or give the column "
            + "another type under 'column_types' of 'things' (and build with a full refresh if the table is there already).",
            Assert.Single(result.Failures).Message);
    }

    [Fact]
    public async Task HooksCommentsAndIndexes_AreAppliedToSeeds_AndQuoteColumnsIsHeeded()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(
            ("seeds/things.csv", "Id,Name\n1,a\n"),
            ("seeds/schema.yml", """
                seeds:
                  - name: things
                    description: what there is
                    config:
                      quote_columns: false
                      persist_docs: {relation: true, columns: true}
                      indexes: [{columns: [id], unique: true}]
                      pre_hook: create table if not exists public.log (entry text)
                      post_hook: "insert into public.log select 'rows: ' || count(*) from {{ this }}"
                    columns: [{name: id, description: its number}]
                """));

        await warehouse.PublishAsync(project, Plain);
        await warehouse.PublishAsync(project, Plain);

        Assert.Equal("id|integer\nname|text", await warehouse.RowsAsync(Types));
        Assert.Equal("rows: 1\nrows: 1", await warehouse.RowsAsync("select * from public.log"));
        Assert.Equal("what there is", await warehouse.ScalarAsync<string>("select obj_description('analytics.things'::regclass)"));
        Assert.Equal("its number", await warehouse.ScalarAsync<string>("select col_description('analytics.things'::regclass, 1)"));
        Assert.Equal(1, await warehouse.ScalarAsync<long>("select count(*) from pg_index where indrelid = 'analytics.things'::regclass and indisunique"));
    }

    [Fact]
    public async Task ProjectsOwnLoader_ReadsTheTableItIsGiven()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(
            ("seeds/things.csv", "id,rate,name\n1,1.5,a\n2,2,\n"),
            ("macros/load.sql", """
                {% macro default__load_csv_rows(model, agate_table) %}
                  {% for row in agate_table.rows %}
                    {% call statement() %}
                      insert into {{ this }} values ({{ row[0] }}, {{ row['rate'] }}, {{ 'null' if row['name'] is none else "'" ~ row['name'] ~ agate_table.rows | length ~ "'" }})
                    {% endcall %}
                  {% endfor %}
                  {{ return('inserted') }}
                {% endmacro %}
                """));

        await warehouse.PublishAsync(project, Plain);

        Assert.Equal("1|1.5|a2\n2|2|", await warehouse.RowsAsync("select * from analytics.things order by id"));
    }
}
