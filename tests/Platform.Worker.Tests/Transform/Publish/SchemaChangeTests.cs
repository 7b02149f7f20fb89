using Platform.Testing;
using Platform.Worker.Transform;

namespace Platform.Worker.Tests.Transform.Publish;

/// <summary>New and removed columns of published incremental models.</summary>
public sealed class SchemaChangeTests(EmbeddedServers servers)
{
    private static readonly DateOnly Second = new(2026, 1, 2);

    [Theory]
    [InlineData("append_new_columns", "id|integer\nday|date\nname|text\nloud|text", "1|a|\n2|b|B")]
    [InlineData("sync_all_columns", "id|integer\nday|date\nloud|text", "1||\n2||B")]
    public async Task Columns_JoinAndLeaveThePublishedTable_WithoutARebuild(string setting, string columns, string rows)
    {
        await using var warehouse = await WithEventsAsync();
        using var project = TestProject.Of(
            ("models/events.sql", Events(setting, "id, day, name")), ("models/viewed.sql", "select * from {{ ref('events') }}"),
            ("models/copied.sql", "{{ config(materialized='table') }} select * from {{ ref('events') }}"));
        var request = new BuildRequest { From = Second, To = Second };
        await warehouse.PublishAsync(project, request);
        var oid = await warehouse.ScalarAsync<uint>("select 'analytics.events'::regclass::oid");

        project.Write("models/events.sql", Events(setting, setting == "sync_all_columns" ? "id, day, upper(name) as loud" : "id, day, name, upper(name) as loud"));
        await warehouse.PublishAsync(project, request);

        Assert.Equal(oid, await warehouse.ScalarAsync<uint>("select 'analytics.events'::regclass::oid"));
        foreach (var relation in (string[])["events", "viewed", "copied"])
        {
            Assert.Equal(columns, await warehouse.RowsAsync(
                $"select attname, format_type(atttypid, atttypmod) from pg_attribute where attrelid = 'analytics.{relation}'::regclass and attnum > 0 and not attisdropped order by attnum"));
            Assert.Equal(rows, await warehouse.RowsAsync(
                $"select id, {(setting == "sync_all_columns" ? "null" : "name")}, loud from analytics.{relation} order by id"));
        }

        Assert.Equal("", await warehouse.KindsAsync("candidate"));
    }

    [Fact]
    public async Task TableThatNoPublicationMade_IsNotWrittenTo()
    {
        await using var warehouse = await WithEventsAsync();
        await warehouse.ExecuteAsync("create table analytics.events (id int, day date, name text)");
        using var project = TestProject.Of(("models/events.sql", Events("ignore", "id, day, name")));

        var fault = await Assert.ThrowsAsync<TransformException>(() => warehouse.BuildAsync(project, new BuildRequest { From = Second, To = Second }));

        Assert.Contains("no publication made it", fault.Message, StringComparison.Ordinal);
        Assert.Equal(0, await warehouse.ScalarAsync<long>("select count(*) from analytics.events"));
    }

    private static string Events(string setting, string columns) =>
        $"{{{{ config(materialized='incremental', unique_key='day', on_schema_change='{setting}') }}}} select {columns} from public.events "
        + "{% if is_incremental() %} where day >= '{{ var('start_date') }}' {% endif %}";

    private async Task<TestWarehouse> WithEventsAsync()
    {
        var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync("create table public.events (id int, day date, name text); insert into public.events values (1, '2026-01-01', 'a'), (2, '2026-01-02', 'b')");
        return warehouse;
    }
}
