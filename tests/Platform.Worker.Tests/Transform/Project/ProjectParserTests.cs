using Platform.Worker.Transform;
using Platform.Worker.Transform.Graph;
using static Platform.Worker.Tests.Transform.Project.ProjectErrorTests;

namespace Platform.Worker.Tests.Transform.Project;

public sealed class ProjectParserTests
{
    [Fact]
    public void Config_OfAllPlaces_IsMergedByDbtsRules()
    {
        using var project = TestProject.Of(
            ("dbt_project.yml", """
                name: shop
                models:
                  +tags: [a]
                  +meta: {owner: root, level: 1}
                  shop:
                    marts:
                      +materialized: table
                      +schema: finance
                      +pre-hook: "select 1"
                """),
            ("models/marts/orders.sql", "{{ config(tags=['c'], meta={'level': 3}, materialized='incremental', pre_hook='select 3') }} select 1 as one"),
            ("models/marts/schema.yml", "models:\n  - name: orders\n    config: {tags: b, materialized: view, meta: {owner: yml}, pre-hook: select 2}\n"));

        var node = Parse(project.Directory).Graph["model.shop.orders"];

        Assert.Equal("incremental", node.Config.Materialized);
        Assert.Equal(["a", "b", "c"], node.Config.Tags);
        Assert.Equal("yml", node.Config.Meta["owner"]);
        Assert.Equal(3L, node.Config.Meta["level"]);
        Assert.Equal(["select 1", "select 2", "select 3"], node.Config.Texts("pre-hook"));
        Assert.Equal("analytics_finance", node.Schema);
    }

    [Fact]
    public void RootProject_OverridesThePackagesConfigAndVars()
    {
        using var project = TestProject.Of(
            ("dbt_project.yml", "name: shop\nvars: {size: root, lib: {colour: scoped}}\nmodels: {lib: {+materialized: table}}\n"),
            ("dbt_packages/lib/dbt_project.yml", "name: lib\nvars: {size: lib, colour: lib, shape: lib}\nmodels: {+materialized: view}\n"),
            ("dbt_packages/lib/models/thing.sql", "{{ config(materialized='ephemeral', alias=var('size') ~ '_' ~ var('colour') ~ '_' ~ var('shape')) }} select 1 as one"));

        var node = Parse(project.Directory).Graph["model.lib.thing"];

        Assert.Equal("table", node.Config.Materialized);
        Assert.Equal("root_scoped_lib", node.Alias);
    }

    [Fact]
    public void YamlValue_WithJinja_IsRenderedToItsType()
    {
        using var project = TestProject.Of(
            ("dbt_project.yml", "name: shop\nvars: {on: false}\nmodels: {+enabled: \"{{ var('on') }}\"}\n"),
            ("models/orders.sql", "select 1 as one"));

        Assert.False(Parse(project.Directory).Graph.Contains("model.shop.orders"));
        Assert.True(Parse(project.Directory, ("on", true)).Graph.Contains("model.shop.orders"));
    }

    [Fact]
    public void NameMacros_OfTheProject_DecideWhereANodeIsBuilt()
    {
        using var project = TestProject.Of(
            ("macros/names.sql", """
                {% macro generate_schema_name(custom_schema_name, node) %}{{ custom_schema_name or 'plain' }}{% endmacro %}
                {% macro generate_alias_name(custom_alias_name=none, node=none) -%} {{ node.name }}_{{ node.resource_type }} {%- endmacro %}
                """),
            ("models/orders.sql", "{{ config(schema='raw') }} select 1 as one"),
            ("models/lines.sql", "select 1 as one"));

        var graph = Parse(project.Directory).Graph;

        Assert.Equal(("raw", "orders_model"), (graph["model.shop.orders"].Schema, graph["model.shop.orders"].Alias));
        Assert.Equal(("plain", "lines_model"), (graph["model.shop.lines"].Schema, graph["model.shop.lines"].Alias));
    }

    [Fact]
    public void GenericTests_HaveDbtsNamesAndArguments()
    {
        using var project = TestProject.Of(
            ("models/orders.sql", "select 1 as one"),
            ("models/schema.yml", """
                models:
                  - name: orders
                    columns:
                      - name: one
                        data_tests:
                          - unique
                          - accepted_values: {values: [1, 2], quote: false, config: {severity: warn, where: one > 0}}
                          - relationships: {to: ref('orders'), field: one, name: points_home}
                          - accepted_values: {values: [a very long list of values, that makes the name of the test too long for PostgreSQL]}
                """));

        var tests = Parse(project.Directory).Graph.Ordered.Where(node => node.ResourceType is ResourceType.Test).ToDictionary(node => node.Name);

        Assert.Contains("unique_orders_one", tests.Keys);
        Assert.True(tests["accepted_values_orders_one__False__1__2"].Config.IsWarningOnly);
        Assert.Equal("one > 0", tests["accepted_values_orders_one__False__1__2"].Config.Text("where"));
        Assert.Equal(["model.shop.orders"], tests["points_home"].DependsOn);
        var longest = tests["accepted_values_orders_one__a_very_long_list_of_values__that_makes_the_name_of_the_test_too_long_for_PostgreSQL"];
        Assert.Equal(("accepted_values_orders_1cbc5f3de147ac76d23a07d3cf3e5e0f", "accepted_values_orders_1cbc5f3de147ac76d23a07d3cf3e5e0f.sql"), (longest.Alias, longest.Path));
        Assert.All(tests.Values, test => Assert.StartsWith($"test.shop.{test.Name}.", test.UniqueId, StringComparison.Ordinal));
    }

    [Fact]
    public void GenericTests_HaveTheIdsThatDbtGivesThem()
    {
        using var project = TestProject.Of(
            ("models/marts/orders.sql", "select 1 as one"),
            ("macros/expression.sql", "{% test expression(model, expression, list) %}select 1 limit 0{% endtest %}"),
            ("models/declared/schema.yml", """
                models:
                  - name: orders
                    data_tests:
                      - expression: {expression: "one = 'a\"b'", list: [1, 2.5, {b: true, a: null}]}
                    columns:
                      - name: one
                        data_tests: [unique, {relationships: {to: ref('orders'), field: one, name: points_home}}]
                sources:
                  - name: raw
                    tables: [{name: lines, columns: [{name: id, data_tests: [not_null]}]}]
                """));

        var tests = Parse(project.Directory).Graph.Ordered.Where(node => node.ResourceType is ResourceType.Test).ToList();

        Assert.Equal(
            [
                "test.shop.expression_orders_one_a_b___1__2_5___b_True_a_None_.38702b0b3c",
                "test.shop.points_home.102e3d8839",
                "test.shop.source_not_null_raw_lines_id.d1dc79c7d2",
                "test.shop.unique_orders_one.eb05213b4e",
            ],
            tests.Select(test => test.UniqueId).Order(StringComparer.Ordinal));
        Assert.All(tests, test => Assert.Equal(["shop", "declared", test.Name], test.Fqn));
    }

    [Fact]
    public void HookOfANode_MakesItDependOnWhatTheHookRefersTo()
    {
        using var project = TestProject.Of(
            ("dbt_project.yml", "name: shop\nmodels: {shop: {orders: {+post-hook: {sql: \"insert into log select * from {{ ref('audit') }}\", transaction: false}}}}\n"),
            ("models/audit.sql", "select 1 as one"),
            ("models/lines.sql", "select 1 as one"),
            ("models/orders.sql", "{{ config(pre_hook=['select 1', \"delete from log where id in (select one from {{ ref('lines') }})\"]) }} select 1 as one"));

        Assert.Equal(["model.shop.audit", "model.shop.lines"], Parse(project.Directory).Graph["model.shop.orders"].DependsOn.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void HookOfASeed_MayNotReferToANode()
    {
        using var project = TestProject.Of(
            ("dbt_project.yml", "name: shop\nseeds: {+post-hook: \"select * from {{ ref('orders') }}\"}\n"),
            ("seeds/raw.csv", "id\n1\n"),
            ("models/orders.sql", "select 1 as one"));

        Assert.Contains("Seeds cannot depend on other nodes", Assert.Throws<TransformException>(() => Parse(project.Directory)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FileInThePlaceOfAPackagesDisabledOne_HasItsProperties()
    {
        using var project = TestProject.Of(
            ("dbt_project.yml", "name: shop\nseeds: {lib: {exceptions: {+enabled: false}}}\n"),
            ("seeds/exceptions.csv", "id\n1\n"),
            ("dbt_packages/lib/dbt_project.yml", "name: lib\n"),
            ("dbt_packages/lib/seeds/exceptions.csv", "id\n1\n"),
            ("dbt_packages/lib/seeds/seeds.yml", "seeds: [{name: exceptions, description: what to leave out, config: {column_types: {id: text}}}]"));

        var seed = Parse(project.Directory).Graph["seed.shop.exceptions"];

        Assert.Equal("what to leave out", seed.Description);
        Assert.Equal("text", seed.Config.Map("column_types")["id"]);
    }

    [Fact]
    public void IncrementalBlock_IsNotRenderedWhileParsing()
    {
        using var project = TestProject.Of(
            ("models/orders.sql", "select 1 as one {% if is_incremental() %} where '{{ var('missing') }}' = {{ ref('nowhere') }} {% endif %}"));

        Assert.Empty(Parse(project.Directory).Graph["model.shop.orders"].DependsOn);
    }

    [Fact]
    public void MacroOfTheRoot_ReplacesTheBuiltInOne()
    {
        using var project = TestProject.Of(
            ("macros/ref.sql", "{% macro ref(name) %}{% do return(builtins.ref(name ~ '_v2')) %}{% endmacro %}"),
            ("models/orders_v2.sql", "select 1 as one"),
            ("models/lines.sql", "select * from {{ ref('orders') }}"));

        Assert.Equal(["model.shop.orders_v2"], Parse(project.Directory).Graph["model.shop.lines"].DependsOn);
    }
}
