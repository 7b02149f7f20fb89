using Platform.Testing;
using Platform.Worker.Transform;

namespace Platform.Worker.Tests.Transform.Run.Snapshots;

/// <summary>Snapshots over changing data, built plainly and as candidates.</summary>
public sealed class SnapshotTests(EmbeddedServers servers)
{
    private static readonly BuildRequest Plain = new() { Publish = false };

    private const string Source = "create table public.people (id int, name text, updated timestamp)";

    private const string History = "select id, name, dbt_valid_from, dbt_valid_to from analytics.people_history order by id, dbt_valid_from";

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Timestamp_KeepsEachVersion_WrittenAsYamlOrAsABlock(bool publish, bool yaml)
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync(Source + "; insert into public.people values (1, 'anna', '2026-01-01'), (2, 'bert', '2026-01-01')");
        using var project = yaml
            ? Yaml("strategy: timestamp, unique_key: id, updated_at: updated")
            : TestProject.Of(
                ("snapshots/people.sql", "{% snapshot people_history %} {{ config(strategy='timestamp', unique_key='id', updated_at='updated') }} select * from {{ source('raw', 'people') }} {% endsnapshot %}"),
                Sources);
        var request = Plain with { Publish = publish };

        await warehouse.PublishAsync(project, request);
        await warehouse.ExecuteAsync("update public.people set name = 'anne', updated = '2026-01-05' where id = 1; insert into public.people values (3, 'carl', '2026-01-06')");
        await warehouse.PublishAsync(project, request);
        await warehouse.PublishAsync(project, request);

        Assert.Equal(
            "1|anna|01/01/2026 00:00:00|01/05/2026 00:00:00\n1|anne|01/05/2026 00:00:00|\n2|bert|01/01/2026 00:00:00|\n3|carl|01/06/2026 00:00:00|",
            await warehouse.RowsAsync(History));
        Assert.Equal(
            "id|integer\nname|text\nupdated|timestamp without time zone\ndbt_scd_id|text\ndbt_updated_at|timestamp without time zone\n"
            + "dbt_valid_from|timestamp without time zone\ndbt_valid_to|timestamp without time zone",
            await warehouse.RowsAsync(
                "select attname, format_type(atttypid, null) from pg_attribute where attrelid = 'analytics.people_history'::regclass and attnum > 0 order by attnum"));
        Assert.Equal(
            "t", await warehouse.RowsAsync("select substr(bool_and(dbt_scd_id = md5(id::text || '|' || updated::text))::text, 1, 1) from analytics.people_history"));
    }

    [Theory]
    [InlineData("all", "1|anna|f\n1|anne|t\n2|bert|f\n2|bert|t")]
    [InlineData("[name]", "1|anna|f\n1|anne|t\n2|bert|t")]
    public async Task Check_ComparesColumns(string columns, string expected)
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync(Source + "; insert into public.people values (1, 'anna', null), (2, 'bert', null)");
        using var project = Yaml($"strategy: check, unique_key: [id], check_cols: {columns}");

        await warehouse.PublishAsync(project, Plain);
        await warehouse.ExecuteAsync("update public.people set name = 'anne' where id = 1; update public.people set updated = now() where id = 2");
        await warehouse.PublishAsync(project, Plain);
        await warehouse.PublishAsync(project, Plain);

        Assert.Equal(expected, await warehouse.RowsAsync(
            "select id, name, substr((dbt_valid_to is null)::text, 1, 1) from analytics.people_history order by id, dbt_valid_from"));
    }

    [Theory]
    [InlineData("target_schema='keep'")]
    [InlineData("target_schema='keep', target_database=target.database")]
    [InlineData("schema='keep'")]
    public async Task TargetSchema_IsWhereItIs_WhileSchemaIsAddedToTheTargets(string place)
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync(Source + "; insert into public.people values (1, 'anna', '2026-01-01')");
        using var project = TestProject.Of(
            ("snapshots/people.sql", $"{{% snapshot people_history %}} {{{{ config(strategy='timestamp', unique_key='id', updated_at='updated', {place}) }}}} select * from {{{{ source('raw', 'people') }}}} {{% endsnapshot %}}"),
            ("models/now.sql", "select id, name from {{ ref('people_history') }} where dbt_valid_to is null"),
            Sources);

        await warehouse.PublishAsync(project, Plain);
        await warehouse.ExecuteAsync("update public.people set name = 'anne', updated = '2026-01-05'");
        await warehouse.PublishAsync(project, Plain);

        var schema = place.StartsWith("schema", StringComparison.Ordinal) ? "analytics_keep" : "keep";
        Assert.Equal("2", await warehouse.RowsAsync($"select count(*) from {schema}.people_history"));
        Assert.Equal("1|anne", await warehouse.RowsAsync("select * from analytics.now"));
    }

    [Fact]
    public async Task TargetDatabase_OtherThanTheTargets_IsRefused()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync(Source);
        using var project = TestProject.Of(
            ("snapshots/people.sql", "{% snapshot people_history %} {{ config(strategy='timestamp', unique_key='id', updated_at='updated', target_database='elsewhere') }} select * from {{ source('raw', 'people') }} {% endsnapshot %}"),
            Sources);

        var result = await warehouse.BuildAsync(project, Plain);

        Assert.Contains("cross-database references are not implemented", Assert.Single(result.Failures).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "1|t|")]
    [InlineData("hard_deletes: ignore", "1|t|")]
    [InlineData("hard_deletes: invalidate", "1|f|")]
    [InlineData("invalidate_hard_deletes: true", "1|f|")]
    [InlineData("hard_deletes: new_record", "1|f|False\n1|t|True")]
    public async Task RowThatIsGone_IsHandledAsConfigured(string config, string expected)
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync(Source + "; insert into public.people values (1, 'anna', '2026-01-01')");
        using var project = Yaml("strategy: timestamp, unique_key: id, updated_at: updated" + (config.Length > 0 ? ", " + config : ""));

        await warehouse.PublishAsync(project, Plain);
        await warehouse.ExecuteAsync("delete from public.people");
        await warehouse.PublishAsync(project, Plain);
        await warehouse.PublishAsync(project, Plain);

        Assert.Equal(expected, await warehouse.RowsAsync(
            "select id, substr((dbt_valid_to is null)::text, 1, 1), to_jsonb(h) ->> 'dbt_is_deleted' from analytics.people_history h order by id, dbt_valid_from"));

        await warehouse.ExecuteAsync("insert into public.people values (1, 'anna', '2030-01-01')");
        await warehouse.PublishAsync(project, Plain);
        Assert.Equal("1|anna", await warehouse.RowsAsync(
            "select id, name from analytics.people_history h where dbt_valid_to is null and coalesce(to_jsonb(h) ->> 'dbt_is_deleted', 'False') = 'False'"));
    }

    [Fact]
    public async Task NamesOfOwnColumnsAndOpenEnd_AreConfigurable_AndKeysMayBeSeveral()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync(Source + "; insert into public.people values (1, 'anna', '2026-01-01'), (1, 'bert', '2026-01-01')");
        using var project = Yaml(
            "strategy: timestamp, unique_key: [id, name], updated_at: updated, dbt_valid_to_current: \"to_date('9999-12-31', 'YYYY-MM-DD')\", schema: past, alias: people_all, "
            + "snapshot_meta_column_names: {dbt_valid_from: from_ts, dbt_valid_to: to_ts, dbt_scd_id: version_id, dbt_updated_at: changed_at}");

        await warehouse.PublishAsync(project, Plain);
        await warehouse.ExecuteAsync("update public.people set updated = '2026-02-01' where name = 'bert'");
        await warehouse.PublishAsync(project, Plain);

        Assert.Equal(
            "anna|2026-01-01|9999-12-31\nbert|2026-01-01|2026-02-01\nbert|2026-02-01|9999-12-31",
            await warehouse.RowsAsync("select name, from_ts::date::text, to_ts::date::text from analytics_past.people_all order by 1, 2"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task NewAndRemovedColumns_KeepTheHistory(bool publish)
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync("create table public.people (id int, name varchar(4)); insert into public.people values (1, 'anna')");
        using var project = Yaml("strategy: check, unique_key: id, check_cols: all");
        var request = Plain with { Publish = publish };

        await warehouse.PublishAsync(project, request);
        await warehouse.ExecuteAsync("alter table public.people add column city text default 'Rome', alter column name type varchar(20); update public.people set name = 'annabella'");
        await warehouse.PublishAsync(project, request);
        await warehouse.ExecuteAsync("alter table public.people drop column city");
        await warehouse.PublishAsync(project, request);

        Assert.Equal(
            "1|anna||f\n1|annabella|Rome|t",
            await warehouse.RowsAsync("select id, name, city, substr((dbt_valid_to is null)::text, 1, 1) from analytics.people_history order by dbt_valid_from"));
    }

    [Fact]
    public async Task Candidate_IsSeenWhenItIsPublished_AndAFailedBuildChangesNothing()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync(Source + "; insert into public.people values (1, 'anna', '2026-01-01')");
        using var project = Yaml("strategy: timestamp, unique_key: id, updated_at: updated");
        project.Write("models/current.sql", "select id, name from {{ ref('people_history') }} where dbt_valid_to is null");
        await warehouse.PublishAsync(project);
        await warehouse.ExecuteAsync("create view public.reader as select count(*) as versions from analytics.people_history");

        await warehouse.ExecuteAsync("update public.people set name = 'anne', updated = '2026-01-05'");
        project.Write("tests/nobody_changes.sql", "select * from {{ ref('current') }} where name = 'anne'");
        Assert.False((await warehouse.BuildAsync(project)).Success);
        Assert.Equal("1|anna|01/01/2026 00:00:00|", await warehouse.RowsAsync(History));

        project.Delete("tests/nobody_changes.sql");
        await warehouse.PublishAsync(project);
        Assert.Equal("1|anna|01/01/2026 00:00:00|01/05/2026 00:00:00\n1|anne|01/05/2026 00:00:00|", await warehouse.RowsAsync(History));
        Assert.Equal("1|anne", await warehouse.RowsAsync("select * from analytics.current"));
        Assert.Equal("2", await warehouse.RowsAsync("select * from public.reader"));
        Assert.Equal("", await warehouse.KindsAsync("candidate"));
    }

    [Fact]
    public async Task StrategyOfTheProject_AndOverriddenMacros_AreUsed()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync(Source + "; insert into public.people values (1, 'anna', '2026-01-01')");
        using var project = Yaml("strategy: longer_name, unique_key: id, updated_at: updated");
        project.Write("macros/strategy.sql", """
            {% macro snapshot_longer_name_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) %}
              {% set updated_at = config.get('updated_at') %}
              {% do return({'unique_key': 'id', 'updated_at': updated_at, 'scd_id': snapshot_hash_arguments(['id', updated_at]),
                            'row_changed': 'length(' ~ current_rel ~ '.name) > length(' ~ snapshotted_rel ~ '.name)', 'invalidate_hard_deletes': false}) %}
            {% endmacro %}
            {% macro default__snapshot_hash_arguments(args) %}'own-' || {{ args | join(" || '-' || ") }}{% endmacro %}
            """);

        await warehouse.PublishAsync(project, Plain);
        await warehouse.ExecuteAsync("update public.people set name = 'anne', updated = '2026-01-02'");
        await warehouse.PublishAsync(project, Plain);
        await warehouse.ExecuteAsync("update public.people set name = 'annabel', updated = '2026-01-03'");
        await warehouse.PublishAsync(project, Plain);

        Assert.Equal(
            "anna|own-1-2026-01-01 00:00:00\nannabel|own-1-2026-01-03 00:00:00",
            await warehouse.RowsAsync("select name, dbt_scd_id from analytics.people_history order by 1"));
    }

    [Fact]
    public async Task TableThatIsNoSnapshot_IsRefused()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync(Source + "; create schema if not exists analytics; create table analytics.people_history (id int)");
        using var project = Yaml("strategy: timestamp, unique_key: id, updated_at: updated");

        var result = await warehouse.BuildAsync(project, Plain);

        Assert.Contains("missing \"dbt_scd_id\", \"dbt_valid_from\", \"dbt_valid_to\"", Assert.Single(result.Failures).Message, StringComparison.Ordinal);
    }

    private static readonly (string, string) Sources = ("models/sources.yml", "sources: [{name: raw, schema: public, tables: [{name: people}]}]");

    private static TestProject Yaml(string config) => TestProject.Of(
        ("snapshots/people.yml", "snapshots: [{name: people_history, relation: \"source('raw', 'people')\", config: {" + config + "}}]"), Sources);
}
