using Platform.Testing;
using Platform.Worker.Transform;

namespace Platform.Worker.Tests.Transform.Run;

/// <summary>Incremental models, published by their delta and built plainly: the same content either way.</summary>
public sealed class IncrementalTests(EmbeddedServers servers)
{
    private const string Events =
        "{{ config(materialized='incremental', CONFIG) }} select * from public.events {% if is_incremental() %} where day >= '{{ var('start_date') }}' {% endif %}";

    private static readonly DateOnly Second = new(2026, 1, 2);

    [Theory]
    [InlineData("unique_key='day'", true, "1|2026-01-01|a\n20|2026-01-02|B\n3|2026-01-03|c")]
    [InlineData("unique_key='day'", false, "1|2026-01-01|a\n20|2026-01-02|B\n3|2026-01-03|c")]
    [InlineData("unique_key=['day', 'name']", true, "1|2026-01-01|a\n2|2026-01-02|b\n20|2026-01-02|B\n3|2026-01-03|c")]
    [InlineData("incremental_strategy='append'", true, "1|2026-01-01|a\n2|2026-01-02|b\n20|2026-01-02|B\n3|2026-01-03|c")]
    [InlineData("incremental_strategy='append'", false, "1|2026-01-01|a\n2|2026-01-02|b\n20|2026-01-02|B\n3|2026-01-03|c")]
    [InlineData("incremental_strategy='merge', unique_key='day'", true, "1|2026-01-01|a\n20|2026-01-02|B\n3|2026-01-03|c")]
    [InlineData("incremental_strategy='merge', unique_key='day'", false, "1|2026-01-01|a\n20|2026-01-02|B\n3|2026-01-03|c")]
    [InlineData("incremental_strategy='merge', unique_key='day', merge_exclude_columns=['name']", true, "1|2026-01-01|a\n20|2026-01-02|b\n3|2026-01-03|c")]
    [InlineData("incremental_strategy='merge', unique_key='day', merge_update_columns=['name']", false, "1|2026-01-01|a\n2|2026-01-02|B\n3|2026-01-03|c")]
    [InlineData("unique_key='day', incremental_predicates=[\"DBT_INTERNAL_DEST.id > 100\"]", true, "1|2026-01-01|a\n2|2026-01-02|b\n20|2026-01-02|B\n3|2026-01-03|c")]
    [InlineData("incremental_strategy='replace_days', incremental_predicates=[\"day >= '2026-01-02'\"]", true, "1|2026-01-01|a\n20|2026-01-02|B\n3|2026-01-03|c")]
    [InlineData("incremental_strategy='replace_days', incremental_predicates=[\"day >= '2026-01-02'\"]", false, "1|2026-01-01|a\n20|2026-01-02|B\n3|2026-01-03|c")]
    [InlineData("incremental_strategy='keep_first', unique_key='day'", true, "1|2026-01-01|a\n2|2026-01-02|b\n3|2026-01-03|c")]
    public async Task NewRows_AreWrittenByTheStrategy_AndSeenByWhatReadsTheModel(string config, bool publish, string expected)
    {
        await using var warehouse = await WithEventsAsync();
        using var project = TestProject.Of(
            ("models/events.sql", Events.Replace("CONFIG", config, StringComparison.Ordinal)),
            ("models/copied.sql", "{{ config(materialized='table') }} select * from {{ ref('events') }}"),
            ("models/viewed.sql", "select * from {{ ref('events') }}"),
            ("models/above_view.sql", "select * from {{ ref('viewed') }}"),
            ("macros/replace_days.sql", """
                {% macro get_incremental_replace_days_sql(args) %}
                delete from {{ args.target_relation }} where {{ args.incremental_predicates[0] }};
                insert into {{ args.target_relation }} select * from {{ args.temp_relation }}
                {% endmacro %}
                {% macro get_incremental_replace_days_view_sql(args) %}
                select * from {{ args.target_relation }} where not ({{ args.incremental_predicates[0] }})
                union all
                select * from {{ args.temp_relation }}
                {% endmacro %}
                """),
            ("macros/keep_first.sql", """
                {% macro get_incremental_keep_first_sql(args) %}
                insert into {{ args.target_relation }} select * from {{ args.temp_relation }} as new
                where not exists (select 1 from {{ args.target_relation }} as old where old.{{ args.unique_key }} = new.{{ args.unique_key }})
                {% endmacro %}
                """));
        var request = new BuildRequest { Publish = publish, From = Second, To = Second };
        await warehouse.PublishAsync(project, request);
        var oid = await warehouse.ScalarAsync<uint>("select 'analytics.events'::regclass::oid");

        await warehouse.ExecuteAsync("update public.events set id = 20, name = 'B' where id = 2; insert into public.events values (3, '2026-01-03', 'c')");
        await warehouse.PublishAsync(project, request);

        foreach (var relation in (string[])["events", "copied", "viewed", "above_view"])
        {
            Assert.Equal(expected, await warehouse.RowsAsync($"select id, day::text, name from analytics.{relation} order by day, id"));
        }

        if (!config.Contains("keep_first", StringComparison.Ordinal))
        {
            Assert.Equal(oid, await warehouse.ScalarAsync<uint>("select 'analytics.events'::regclass::oid"));
        }

        Assert.Equal("", await warehouse.KindsAsync("candidate"));
    }

    [Fact]
    public async Task Hooks_OfADeltaBuild_WorkOnTheNewRows()
    {
        await using var warehouse = await WithEventsAsync();
        using var project = TestProject.Of(("models/events.sql", Events.Replace(
            "CONFIG",
            "unique_key='day', post_hook=['create index on {{ this }} (id)', \"update {{ this }} set name = name || '!' where day = '2026-01-02'\", after_commit('vacuum {{ this }}')]",
            StringComparison.Ordinal)));
        var request = new BuildRequest { From = Second, To = Second };

        await warehouse.PublishAsync(project, request);
        await warehouse.PublishAsync(project, request);

        Assert.Equal("1|a\n2|b!", await warehouse.RowsAsync("select id, name from analytics.events order by id"));
        Assert.Equal("", await warehouse.KindsAsync("candidate"));
    }

    [Fact]
    public async Task SameDateTwice_AndDatesInEitherOrder_LeaveTheSameContent()
    {
        var contents = new List<string>();
        foreach (var dates in (int[][])[[1, 2, 3], [3, 1, 2, 2], [2, 3, 1, 3]])
        {
            await using var warehouse = await WithEventsAsync();
            await warehouse.ExecuteAsync("insert into public.events values (3, '2026-01-03', 'c'), (33, '2026-01-03', 'cc')");
            using var project = TestProject.Of(
                ("models/events.sql", """
                    {{ config(materialized='incremental', unique_key='day') }}
                    select * from public.events where day between '{{ var('start_date') }}' and '{{ var('end_date') }}'
                    """));
            foreach (var day in dates)
            {
                await warehouse.PublishAsync(project, new BuildRequest { From = new DateOnly(2026, 1, day), To = new DateOnly(2026, 1, day) });
            }

            contents.Add(await warehouse.RowsAsync("select * from analytics.events order by id"));
        }

        Assert.Equal(4, contents[0].Split('\n').Length);
        Assert.All(contents, content => Assert.Equal(contents[0], content));
    }

    [Fact]
    public async Task ChangedColumns_BuildTheModelFromNothing()
    {
        await using var warehouse = await WithEventsAsync();
        using var project = TestProject.Of(("models/events.sql", Events.Replace("CONFIG", "unique_key='day'", StringComparison.Ordinal)));
        var request = new BuildRequest { From = Second, To = Second };
        await warehouse.PublishAsync(project, request);

        project.Write("models/events.sql", Events.Replace("CONFIG", "unique_key='day'", StringComparison.Ordinal).Replace("*", "*, upper(name) as loud", StringComparison.Ordinal));
        await warehouse.PublishAsync(project, request);

        Assert.Equal("1|A\n2|B", await warehouse.RowsAsync("select id, loud from analytics.events order by id"));
    }

    [Fact]
    public async Task ChangedColumns_WithOnSchemaChangeFail_FailTheModel()
    {
        await using var warehouse = await WithEventsAsync();
        using var project = TestProject.Of(("models/events.sql", Events.Replace("CONFIG", "unique_key='day', on_schema_change='fail'", StringComparison.Ordinal)));
        var request = new BuildRequest { From = Second, To = Second };
        await warehouse.PublishAsync(project, request);

        project.Write("models/events.sql", Events.Replace("CONFIG", "unique_key='day', on_schema_change='fail'", StringComparison.Ordinal).Replace("*", "id, day", StringComparison.Ordinal));
        var result = await warehouse.BuildAsync(project, request);

        Assert.Contains("source and target schemas on this incremental model are out of sync", Assert.Single(result.Failures).Message, StringComparison.Ordinal);
        Assert.Equal("1|2", await warehouse.RowsAsync("select min(id), max(id) from analytics.events"));
    }

    [Theory]
    [InlineData("append_new_columns", "1|\n2|B")]
    [InlineData("sync_all_columns", "1|\n2|B")]
    [InlineData("ignore", "1\n2")]
    public async Task PlainBuild_FollowsOnSchemaChange(string setting, string expected)
    {
        await using var warehouse = await WithEventsAsync();
        using var project = TestProject.Of(("models/events.sql", Events.Replace("CONFIG", $"unique_key='day', on_schema_change='{setting}'", StringComparison.Ordinal)));
        var request = new BuildRequest { Publish = false, From = Second, To = Second };
        await warehouse.PublishAsync(project, request);

        project.Write("models/events.sql", Events.Replace("CONFIG", $"unique_key='day', on_schema_change='{setting}'", StringComparison.Ordinal)
            .Replace("*", "id, day, name, upper(name) as loud", StringComparison.Ordinal));
        await warehouse.PublishAsync(project, request);

        Assert.Equal(expected, await warehouse.RowsAsync($"select id{(setting == "ignore" ? "" : ", loud")} from analytics.events order by id"));
    }

    [Fact]
    public async Task FullRefresh_BuildsFromNothing()
    {
        await using var warehouse = await WithEventsAsync();
        using var project = TestProject.Of(("models/events.sql", Events.Replace("CONFIG", "unique_key='day'", StringComparison.Ordinal)));
        await warehouse.PublishAsync(project, new BuildRequest { From = Second, To = Second });
        await warehouse.ExecuteAsync("update public.events set name = 'z'");

        await warehouse.PublishAsync(project, new BuildRequest { From = Second, To = Second, FullRefresh = true });

        Assert.Equal("1|z\n2|z", await warehouse.RowsAsync("select id, name from analytics.events order by id"));
    }

    private async Task<TestWarehouse> WithEventsAsync()
    {
        var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync("create table public.events (id int, day date, name text); insert into public.events values (1, '2026-01-01', 'a'), (2, '2026-01-02', 'b')");
        return warehouse;
    }
}
