using Platform.Testing;
using Platform.Worker.Transform;

namespace Platform.Worker.Tests.Transform.Run;

/// <summary>The project "shop": one of each construct, built into candidates and published, or plainly as dbt would.</summary>
public sealed class BuildTests(EmbeddedServers servers)
{
    private const string Ledger = "create table public.ledger_entries as select 1 as id, 9.5::numeric(18,2) as amount";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Shop_IsBuilt(bool publish)
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync(Ledger);
        using var shop = TestProject.Copy("shop");

        var result = await warehouse.PublishAsync(shop, new BuildRequest { Publish = publish });

        Assert.Equal("PASS=19 WARN=1 ERROR=0 SKIP=0 NO-OP=0 TOTAL=20", result.Summary);
        Assert.Equal(publish, result.PublicationId is not null);
        Assert.Equal(
            "calendar_days|r\ncountries|r\ncustomers|r\nledger|r\npaid_columns|r\nraw_orders|r\nstg_orders|v", await warehouse.KindsAsync("analytics"));
        Assert.Equal("", await warehouse.KindsAsync("candidate"));
        Assert.Equal("anna|ANNA|1575|EUR\nbert|BERT|2000|EUR", await warehouse.RowsAsync("select * from analytics.customers order by 1"));
        Assert.Equal(
            "1|anna|01/01/2026|1050|2026-01-01,2026-01-02|2026\n3|anna|01/02/2026|525|2026-01-01,2026-01-02|2026",
            await warehouse.RowsAsync("select order_id, customer, ordered_on, amount_cents, days, year from analytics.paid_columns order by 1"));
        Assert.Equal("hooked", await warehouse.ScalarAsync<string>("select obj_description('analytics.customers'::regclass)"));
        Assert.Equal(1, await warehouse.ScalarAsync<long>("select count(*) from pg_index where indrelid = 'analytics.customers'::regclass and indisunique"));
        Assert.Equal($"{result.InvocationId}|shop ended", await warehouse.RowsAsync("select * from public.runs"));
    }

    [Fact]
    public async Task SqlError_PointsAtTheModelsLineWithACaret()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(("models/orders.sql", "{{ config(materialized='table') }}\nselect\n    1 as one,\n    amont\nfrom (select 1 as amount) as x\n"));

        var result = await warehouse.BuildAsync(project);

        Assert.Equal(
            """
            Database Error in model orders (models/orders.sql)
              models/orders.sql:4: column "amont" does not exist (SQLSTATE 42703)
                hint: Perhaps you meant to reference the column "x.amount".
                compiled SQL, line 4:
                  4 |     amont
                    |     ^
            """,
            Assert.Single(result.Failures).Message!.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task ModelThatFails_SkipsWhatReadsIt_AndTheRestIsBuilt()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(
            ("models/bad.sql", "select 1/0 as x, nothing"),
            ("models/below.sql", "select * from {{ ref('bad') }}"),
            ("models/good.sql", "select 1 as x"),
            ("models/schema.yml", "models: [{name: below, columns: [{name: x, data_tests: [unique]}]}]"));

        var result = await warehouse.BuildAsync(project);

        Assert.False(result.Success);
        Assert.Equal(
            "bad Error, below Skipped, good Success, unique_below_x Skipped",
            string.Join(", ", result.Nodes.OrderBy(node => node.Name, StringComparer.Ordinal).Select(node => $"{node.Name} {node.Status}")));
        Assert.Equal("skipped because model 'bad' failed", result.Nodes.Single(node => node.Name == "below").Message);
        Assert.Equal("", await warehouse.KindsAsync("analytics"));
    }

    [Fact]
    public async Task FailingTest_SkipsModelsDownstream_AndShowsRows()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(
            ("models/orders.sql", "select * from (values (1, 'a'), (1, 'b'), (2, 'c')) as v (id, name)"),
            ("models/below.sql", "select * from {{ ref('orders') }}"),
            ("models/schema.yml", "models: [{name: orders, columns: [{name: id, data_tests: [unique]}]}]"));

        var result = await warehouse.BuildAsync(project);

        var test = Assert.Single(result.Failures);
        Assert.Equal((NodeStatus.Fail, 1), (test.Status, test.Failures));
        Assert.Equal(
            "models/schema.yml:1:59: Got 1 result, configured to fail if != 0\n  {\"n_records\": 2, \"unique_field\": 1}", test.Message!.ReplaceLineEndings("\n"));
        Assert.Equal(NodeStatus.Skipped, result.Nodes.Single(node => node.Name == "below").Status);
    }

    [Theory]
    [InlineData("severity: warn", "Warn")]
    [InlineData("error_if: '> 5', warn_if: '> 2'", "Warn")]
    [InlineData("error_if: '> 5', warn_if: '> 4'", "Pass")]
    [InlineData("error_if: '> 2'", "Fail")]
    [InlineData("limit: 1, error_if: '> 1', warn_if: '> 1'", "Pass")]
    [InlineData("where: 'id > 1'", "Pass")]
    [InlineData("fail_calc: 'max(n_records)', error_if: '= 4', warn_if: '= 4'", "Fail")]
    public async Task TestConfig_DecidesWhatIsAFailure(string config, string expected)
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(
            ("models/orders.sql", "select * from (values (1), (1), (1), (1), (2)) as v (id)"),
            ("tests/generic/none_below.sql", "{% test none_below(model, column_name, bound) %} select 4 as n_records from {{ model }} where {{ column_name }} < {{ bound }} {% endtest %}"),
            ("models/schema.yml", "models: [{name: orders, columns: [{name: id, data_tests: [{none_below: {arguments: {bound: 2}, config: {" + config + "}}}]}]}]"));

        var result = await warehouse.BuildAsync(project, new BuildRequest { Publish = false });

        Assert.Equal(expected, result.Nodes.Single(node => node.ResourceType == "test").Status.ToString());
    }

    [Fact]
    public async Task CustomMaterialization_AndHooks_RunAsWritten()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(
            ("macros/numbered.sql", """
                {% materialization numbered, adapter='postgres' %}
                  {% set target = this.incorporate(type='table') %}
                  {{ run_hooks(pre_hooks, inside_transaction=False) }}
                  {{ run_hooks(pre_hooks, inside_transaction=True) }}
                  {% call statement('main') %}create table {{ target }} as select row_number() over () as n, q.* from ({{ sql }}) as q{% endcall %}
                  {% do adapter.cache_added(target) %}
                  {{ run_hooks(post_hooks, inside_transaction=True) }}
                  {% do adapter.commit() %}
                  {{ run_hooks(post_hooks, inside_transaction=False) }}
                  {{ return({'relations': [target]}) }}
                {% endmaterialization %}
                """),
            ("models/orders.sql", """
                {{ config(materialized='numbered',
                          pre_hook=[{'sql': 'vacuum analyze pg_class', 'transaction': False}, 'create temporary table before_it as select 7 as seven'],
                          post_hook=['update {{ this }} set seven = seven + 1', after_commit('vacuum {{ this }}')]) }}
                select seven from before_it
                """));

        await warehouse.PublishAsync(project);

        Assert.Equal("1|8", await warehouse.RowsAsync("select * from analytics.orders"));
    }

    [Fact]
    public async Task Build_WithoutChanges_UsesTheParsedProjectAgain_AndAChangedFileIsSeen()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(("models/orders.sql", "select '{{ var('start_date', 'none') }}' as day, 1 as version"));

        await warehouse.PublishAsync(project, new BuildRequest { From = new DateOnly(2026, 1, 1), To = new DateOnly(2026, 1, 2) });
        Assert.Equal("2026-01-01|1", await warehouse.RowsAsync("select * from analytics.orders"));
        await warehouse.PublishAsync(project, new BuildRequest { From = new DateOnly(2026, 1, 3), To = new DateOnly(2026, 1, 3) });
        Assert.Equal("2026-01-03|1", await warehouse.RowsAsync("select * from analytics.orders"));

        project.Write("models/orders.sql", "select '{{ var('start_date', 'none') }}' as day, 22 as version");
        await warehouse.PublishAsync(project);
        Assert.Equal("none|22", await warehouse.RowsAsync("select * from analytics.orders"));
    }

    [Fact]
    public async Task EndlessMacro_EndsWithAnError()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(
            ("macros/loop.sql", "{% macro again() %}{% if execute %}{{ again() }}{% endif %}{% endmacro %}"), ("models/orders.sql", "select 1 {{ again() }}"));

        var failure = Assert.Single((await warehouse.BuildAsync(project)).Failures);

        Assert.Contains("macros/loop.sql:1", failure.Message, StringComparison.Ordinal);
    }
}
