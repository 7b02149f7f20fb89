using Platform.Testing;
using Platform.Worker.Transform;

namespace Platform.Worker.Tests.Transform.Run;

/// <summary>Hooks of models and of runs, in dbt's order and transactions.</summary>
public sealed class HookTests(EmbeddedServers servers)
{
    [Fact]
    public async Task HooksOfAModel_RunInDbtsOrder_AndThoseInTheTransactionGoWithIt()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync("create table public.log (n serial, what text)");
        using var project = TestProject.Of(("models/a.sql", """
            {{ config(materialized='table',
                      pre_hook=["insert into public.log (what) values ('in before')", before_begin("insert into public.log (what) values ('before')")],
                      post_hook=[after_commit("insert into public.log (what) values ('after')"), "insert into public.log (what) values ('in after ' || (select x from {{ this }}))"]) }}
            select 1 / {{ var('divisor') }} as x
            """));
        var request = new BuildRequest { Publish = false, Vars = new Dictionary<string, object?> { ["divisor"] = 1 } };

        await warehouse.PublishAsync(project, request);
        Assert.Equal("before\nin before\nin after 1\nafter", await warehouse.RowsAsync("select what from public.log order by n"));

        await warehouse.ExecuteAsync("truncate public.log");
        await warehouse.BuildAsync(project, request with { Vars = new Dictionary<string, object?> { ["divisor"] = 0 } });
        Assert.Equal("before", await warehouse.RowsAsync("select what from public.log order by n"));
    }

    [Fact]
    public async Task HooksOfPackages_RunAfterTheProjects_InTheSchemaThatTheirPackageGives()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync("create table public.log (n serial, what text)");
        using var project = TestProject.Of(
            ("dbt_project.yml", Project("shop", "models: {shop: {+schema: marts}}")),
            ("dbt_packages/zoo/dbt_project.yml", Project("zoo", "")),
            ("dbt_packages/zoo/macros/schema.sql", "{% macro generate_schema_name(custom_schema_name, node) %}zoo_schema{% endmacro %}"),
            ("dbt_packages/ape/dbt_project.yml", Project("ape", "")));

        var result = await warehouse.PublishAsync(project, new BuildRequest { Publish = false });

        const string Order = "shop analytics_marts None\nape analytics None\nzoo zoo_schema None";
        Assert.Equal($"{Order}\n{Order}", await warehouse.RowsAsync("select what from public.log order by n"));
        Assert.Equal(
            ["shop.on-run-start.0 passed", "ape.on-run-start.1 passed", "zoo.on-run-start.2 passed"], result.Nodes.Take(3).Select(node => node.Message));

        static string Project(string name, string settings)
        {
            const string Note = "\"insert into public.log (what) values ('{{ model.package_name }} {{ model.schema }} {{ this }}')\"";
            return $"name: {name}\nversion: '1.0'\non-run-start: {Note}\non-run-end: [{Note}]\n{settings}\n";
        }
    }

    [Fact]
    public async Task OnRunEnd_KnowsSchemasOfKeptFailures()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync("create table public.log (what text)");
        using var project = TestProject.Of(
            ("dbt_project.yml", "name: shop\nversion: '1.0'\non-run-end: \"insert into public.log values ('{{ schemas | sort | join(',') }}')\"\n"),
            ("models/a.sql", "select 1 as x"),
            ("tests/kept.sql", "{{ config(store_failures=true, severity='warn') }} select * from {{ ref('a') }}"),
            ("tests/not_kept.sql", "{{ config(schema='elsewhere') }} select * from {{ ref('a') }} where x > 1"));

        await warehouse.BuildAsync(project, new BuildRequest { Publish = false });

        Assert.Equal("analytics,analytics_dbt_test__audit", await warehouse.RowsAsync("select what from public.log"));
    }

    [Fact]
    public async Task OnRunEnd_KnowsResultsAndSchemas()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync("create table public.log (what text)");
        using var project = TestProject.Of(
            ("dbt_project.yml", """
                name: shop
                version: '1.0'
                on-run-start: "insert into public.log values ('start')"
                on-run-end:
                  - "{% for result in results %}insert into public.log values ('{{ result.node.name }} {{ result.status }} {{ result.adapter_response.rows_affected }}'); {% endfor %}"
                  - "insert into public.log values ('{{ schemas | join(',') }} {{ database_schemas[0][1] }}')"
                """),
            ("models/good.sql", "{{ config(materialized='table') }} select 1 as x"),
            ("models/bad.sql", "select nothing"),
            ("models/above.sql", "select * from {{ ref('bad') }}"));

        var result = await warehouse.BuildAsync(project, new BuildRequest { Publish = false });

        Assert.Equal(
            "above skipped \nanalytics analytics\nbad error \ngood success 1\nstart",
            (await warehouse.RowsAsync("select what from public.log order by 1")).Replace("None", "", StringComparison.Ordinal));
        Assert.Equal("shop.on-run-start.0 passed", result.Nodes[0].Message);
    }

    /// <summary>Packages that keep records of runs read results both as objects and, with to_dict(), as mappings.</summary>
    [Theory]
    [InlineData("{{ result.node.config.full_refresh is none }} {{ result.node.config.get('none', 'fallback') }} {{ result.node.config.materialized }}", "True fallback table")]
    [InlineData("{{ result.node.identifier }} {{ result.node.is_relational }} {{ result.node.depends_on_nodes }}", "good True []")]
    [InlineData("{{ result.node is mapping }} {{ result.to_dict().node is mapping }} {{ result.to_dict().node.config.full_refresh is none }}", "False True True")]
    [InlineData("{{ result.timing | map(attribute='name') | join(',') }} {{ result.timing[1].completed_at.tzinfo }}", "compile,execute None")]
    [InlineData("{{ result.to_dict().timing[0].started_at[-1:] }} {{ tojson(result.adapter_response) }}", "Z {\"_message\": \"SELECT 1\", \"code\": \"SELECT\", \"rows_affected\": 1}")]
    [InlineData("{{ builtins.ref.config.dependencies[project_name].version }} {{ ref.config.vars.to_dict().unit }} {{ ref.config.project_name }}", "1.0 cm shop")]
    public async Task OnRunEnd_ReadsResultsAsDbtsObjects(string text, string expected)
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync("create table public.log (what text)");
        using var project = TestProject.Of(
            ("dbt_project.yml", $$"""
                name: shop
                version: '1.0'
                vars: {unit: cm}
                on-run-start: "select 1"
                on-run-end: >
                  {% for result in results %}insert into public.log values ($${{text}}$$){% endfor %}
                """),
            ("models/good.sql", "{{ config(materialized='table') }} select 1 as x"));

        await warehouse.BuildAsync(project, new BuildRequest { Publish = false });

        Assert.Equal(expected, await warehouse.RowsAsync("select what from public.log"));
    }

    [Fact]
    public async Task OnRunStartThatFails_SkipsTheHooksAfterIt_AndFailsTheRun()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(
            ("dbt_project.yml", "name: shop\nversion: '1.0'\non-run-start: ['select nothing', 'create table public.never (x int)']\n"),
            ("models/a.sql", "select 1 as x"));

        var result = await warehouse.BuildAsync(project, new BuildRequest { Publish = false });

        Assert.False(result.Success);
        Assert.Equal("Error, Skipped, Success", string.Join(", ", result.Nodes.Select(node => node.Status)));
        Assert.StartsWith("shop.on-run-start.0 failed, error:\n ", result.Nodes[0].Message!.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Equal("", await warehouse.RowsAsync("select relname from pg_class where relname = 'never'"));
    }

    /// <summary>A temporary relation has no schema; adapter methods take it all the same.</summary>
    [Fact]
    public async Task AdapterMethods_TakeRelationsWithoutSchema()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(
            ("macros/temporary.sql", """
                {% macro temporary() %}
                    {% set relation = api.Relation.create(identifier='scratch', type='table') %}
                    {% do run_query('create temporary table scratch as select 1 as x') %}
                    {% do adapter.rename_relation(relation, api.Relation.create(identifier='notes', type='table')) %}
                    {% do adapter.drop_relation(api.Relation.create(identifier='notes', type='table')) %}
                    {% do run_query('create temporary table notes as select 2 as x') %}
                    {{ return(adapter.get_relation(relation) is none) }}
                {% endmacro %}
                """),
            ("models/a.sql", "{{ config(materialized='table') }} select {% if execute %}{{ temporary() }}{% else %}null{% endif %} as x"));

        await warehouse.BuildAsync(project, new BuildRequest { Publish = false });

        Assert.Equal("True", await warehouse.RowsAsync("select x from analytics.a"));
    }
}
