using Platform.Worker.Transform.Project;
using static Platform.Worker.Tests.Transform.Project.ProjectErrorTests;

namespace Platform.Worker.Tests.Transform.Project;

public sealed class ProjectFileTests
{
    [Fact]
    public void EverySetting_IsRead()
    {
        using var project = TestProject.Of(("dbt_project.yml", """
            name: shop
            version: 1.2
            config-version: 2
            profile: shop_profile
            require-dbt-version: [">=1.9.0", "<2.0.0"]
            model-paths: [models, [more]]
            seed-paths: "data"
            target-path: "{{ env_var('NOT_SET_ANYWHERE', 'out') }}"
            clean-targets: [out, dbt_packages]
            quoting: {schema: false}
            dispatch: [{macro_namespace: dbt_utils, search_order: [shop, dbt_utils]}]
            query-comment: {comment: "by {{ target.name }}", append: true}
            restrict-access: true
            flags: {require_unique_project_resource_names: true, partial_parse: false}
            on-run-start: "select 1"
            on-run-end: ["select 2", "{{ later() }}"]
            vars: {start: 2026-01-01, shop: {scoped: 1}, late: "{{ not_rendered() }}"}
            snapshots: {+target_schema: history}
            """));

        var root = Parse(project.Directory).Root;

        Assert.Equal(("shop", "1.2", "shop_profile", "out"), (root.Name, root.Version, root.Profile, root.TargetPath));
        Assert.Equal(["models", "more"], root.ModelPaths);
        Assert.Equal(["data"], root.SeedPaths);
        Assert.Equal(["out", "dbt_packages"], root.CleanTargets);
        Assert.Equal(["shop", "dbt_utils"], root.Dispatch["dbt_utils"]);
        Assert.Equal(new QueryComment("by {{ target.name }}", true), root.QueryComment);
        Assert.True(root.RestrictAccess && root.Flag("require_unique_project_resource_names") && !root.Flag("partial_parse"));
        Assert.Equal(["select 1"], root.OnRunStart);
        Assert.Equal(["select 2", "{{ later() }}"], root.OnRunEnd);
        Assert.Equal("{{ not_rendered() }}", root.Vars["late"]);
        Assert.False(root.Quoting["schema"]);
    }

    [Fact]
    public void VarsFile_GivesVariables_AlsoToTheProjectFile()
    {
        using var project = TestProject.Of(
            ("vars.yml", "vars: {kind: table, shop: {name: inner}}\n"),
            ("dbt_project.yml", "name: shop\nmodels: {+materialized: \"{{ var('kind', 'view') }}\"}\n"),
            ("models/orders.sql", "{{ config(alias=var('name')) }} select 1 as one"));

        var node = Parse(project.Directory).Graph["model.shop.orders"];

        Assert.Equal(("table", "inner"), (node.Config.Materialized, node.Alias));
    }

    [Fact]
    public void IgnoredFiles_AreNoPartOfTheProject()
    {
        using var project = TestProject.Of(
            (".dbtignore", "# not ours\nold/\n*_draft.sql\n!kept_draft.sql\n/models/top.py\n"),
            ("models/orders.sql", "select 1 as one"), ("models/old/orders.sql", "select {{ broken"), ("models/x_draft.sql", "select {{ broken"),
            ("models/kept_draft.sql", "select 1 as one"), ("models/top.py", "def model(dbt, session): pass"), ("models/.#orders.sql", "{{ broken"));

        Assert.Equal(["kept_draft", "orders"], Parse(project.Directory).Graph.Ordered.Select(node => node.Name).Order());
    }

    [Fact]
    public void PlusSign_TellsSettingsFromFolders()
    {
        using var project = TestProject.Of(
            ("dbt_project.yml", """
                name: shop
                models:
                  shop:
                    meta: {+materialized: table}
                    materialized: ephemeral
                    +meta: {owner: sales}
                data_tests: {shop: {+severity: warn}}
                seeds: {+column_types: {a: text}}
                """),
            ("models/meta/orders.sql", "select 1 as one"), ("models/lines.sql", "select 1 as one"), ("seeds/s.csv", "a\n1\n"),
            ("models/schema.yml", "models: [{name: orders, columns: [{name: one, data_tests: [unique]}]}]"));

        var graph = Parse(project.Directory).Graph;

        Assert.Equal(("table", "ephemeral"), (graph["model.shop.orders"].Config.Materialized, graph["model.shop.lines"].Config.Materialized));
        Assert.Equal("sales", graph["model.shop.orders"].Config.Meta["owner"]);
        Assert.Equal("text", graph["seed.shop.s"].Config.Map("column_types")["a"]);
        Assert.True(graph.Ordered.Single(node => node.Test is not null).Config.IsWarningOnly);
    }

    [Fact]
    public void Grants_AreReplacedOrExtended()
    {
        using var project = TestProject.Of(
            ("dbt_project.yml", "name: shop\nmodels: {+grants: {select: [reader], insert: writer}}\n"),
            ("models/orders.sql", "{{ config(grants={'+select': ['bob'], 'insert': ['amy']}) }} select 1 as one"));

        var grants = Parse(project.Directory).Graph["model.shop.orders"].Config.Map("grants");

        Assert.Equal(["reader", "bob"], (List<object?>)grants["select"]!);
        Assert.Equal(["amy"], (List<object?>)grants["insert"]!);
    }
}
