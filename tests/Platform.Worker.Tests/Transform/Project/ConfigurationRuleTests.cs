using Platform.Worker.Operate.Cli.Transform;
using Platform.Worker.Transform;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Project;
using Platform.Worker.Transform.Run;

namespace Platform.Worker.Tests.Transform.Project;

/// <summary>Rules of configuration that dbt's own functional tests hold a project to.</summary>
public sealed class ConfigurationRuleTests
{
    [Theory]
    [InlineData("+select", "a b c d")]
    [InlineData("select", "d")]
    public void Grants_ExtendedTwiceInOneFile_StillExtendTheLayersBelow(string last, string expected)
    {
        using var project = TestProject.Of(
            ("dbt_project.yml", "name: shop\nversion: '1.0'\nmodels: {+grants: {select: [a, b]}}\n"),
            ("models/orders.sql", "{{ config(grants={'+select': ['c']}) }}{{ config(grants={'" + last + "': ['d']}) }} select 1 as id"));

        var grants = Model(project, "orders").Config.Map("grants");

        Assert.Equal(expected, string.Join(' ', (IEnumerable<object?>)grants["select"]!));
    }

    [Fact]
    public void UnitTest_WithVersionsThatSayNothing_IsOneOfAModelWithoutVersions()
    {
        using var project = TestProject.Of(("models/orders.sql", "select 1 as id"), ("models/schema.yml", """
            unit_tests:
              - name: one
                model: orders
                versions: {include: , exclude: }
                given: []
                expect: {rows: [{id: 1}]}
            """));

        Assert.Contains("unit_test.shop.orders.one", ProjectErrorTests.Parse(project.Directory).Graph.Ordered.Select(node => node.UniqueId));
    }

    [Fact]
    public void Quoting_OfTheProject_IsThatOfModelsAndNotOfSources()
    {
        using var project = TestProject.Of(
            ("dbt_project.yml", "name: shop\nversion: '1.0'\nquoting: {database: false, schema: false, identifier: false}\n"),
            ("models/Orders.sql", "select 1 as id"),
            ("models/own.sql", "{{ config(quoting={'identifier': true}) }} select 1 as id"),
            ("models/schema.yml", "sources: [{name: raw, tables: [{name: Rows}, {name: bare, quoting: {identifier: false}}]}]"));

        var graph = ProjectErrorTests.Parse(project.Directory).Graph;

        Assert.Equal("shop.analytics.orders", Place("model.shop.Orders"));
        Assert.Equal("shop.analytics.\"own\"", Place("model.shop.own"));
        Assert.Equal("\"shop\".\"raw\".\"Rows\"", Place("source.shop.raw.Rows"));
        Assert.Equal("\"shop\".\"raw\".bare", Place("source.shop.raw.bare"));

        string Place(string id) => BuildState.PublishedRelation(graph[id]).Render();
    }

    [Fact]
    public void Begin_GivenAsATime_IsWrittenInIso8601()
    {
        using var project = TestProject.Of(("models/events.sql", "{{ config(begin=modules.datetime.datetime(2026, 1, 2, 3, 0, 0)) }} select 1 as id"));

        Assert.Equal("2026-01-02T03:00:00", Model(project, "events").Config["begin"]);
    }

    [Fact]
    public void ConfigSet_WithNameAndValue_Configures()
    {
        using var project = TestProject.Of(("models/orders.sql", "{% do config.set('materialized', 'table') %} select 1 as id"));

        Assert.Equal("table", Model(project, "orders").Config.Materialized);
    }

    [Theory]
    [InlineData("view", "true", "UnsupportedConstraintMaterialization")]
    [InlineData("view", "false", "")]
    [InlineData("table", "true", "")]
    public void Constraint_ThatTheMaterializationDoesNotEnforce_IsAWarning(string materialized, string warns, string expected)
    {
        using var project = TestProject.Of(("models/orders.sql", $"{{{{ config(materialized='{materialized}') }}}} select 1 as id"), ("models/schema.yml", $$"""
            models:
              - name: orders
                config: {contract: {enforced: true} }
                columns: [{name: id, data_type: int, constraints: [{type: not_null, warn_unsupported: {{warns}} }] }]
            """));

        Assert.Equal(expected, string.Join(' ', ProjectErrorTests.Parse(project.Directory).Warnings.Select(warning => warning.Event)));
    }

    [Theory]
    [InlineData("", "MicrobatchModelNoEventTimeInputs")]
    [InlineData("{{ config(event_time='at') }}", "")]
    public void MicrobatchModel_WithoutAnInputThatHasAnEventTime_IsAWarning(string input, string expected)
    {
        using var project = TestProject.Of(
            ("models/raw.sql", input + "select now() as at"),
            ("models/events.sql", "{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='at', batch_size='day', begin='2026-01-01') }} select * from {{ ref('raw') }}"));

        Assert.Equal(expected, string.Join(' ', ProjectErrorTests.Parse(project.Directory).Warnings.Select(warning => warning.Event)));
    }

    [Theory]
    [InlineData("models/a.sql", "{{ config(pre_hook='select 1', **{'pre-hook': 'select 2'}) }} select 1 as id", "config() has both 'pre_hook' and 'pre-hook'")]
    [InlineData("models/a.yml", "sources: [{name: raw, loaded_at_field: at, tables: [{name: rows, loaded_at_field: ''}]}]", "the 'loaded_at_field' of 'raw' is an empty text")]
    public void Settings_ThatSayNothingClear_AreRefused(string path, string text, string expected)
    {
        using var project = TestProject.Of((path, text));

        Assert.Contains(expected, Assert.Throws<TransformException>(() => ProjectErrorTests.Parse(project.Directory)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GenerateSchemaName_ThatNeedsAVariableNobodySet_IsAnError()
    {
        using var project = TestProject.Of(
            ("models/orders.sql", "select 1 as id"),
            ("macros/names.sql", "{% macro generate_schema_name(custom, node) %}{{ var('place') }}{% endmacro %}"));

        var fault = Assert.Throws<TransformException>(() => ProjectErrorTests.Parse(project.Directory));

        Assert.Contains("'place'", fault.Message, StringComparison.Ordinal);
        Assert.Equal("here", ProjectErrorTests.Parse(project.Directory, ("place", "here")).Graph["model.shop.orders"].Schema);
    }

    [Theory]
    [InlineData("include", "error")]
    [InlineData("exclude", "warn")]
    public void WarnErrorOptions_WithBothNamesOfOneThing_AreRefused(string old, string name)
    {
        var both = new Dictionary<string, object?> { [old] = "all", [name] = new List<object?> { "DeprecatedModel" } };

        var fault = Assert.Throws<TransformException>(() => YamlOption.WarnErrorOptions(both));

        Assert.Contains($"Only `{old}` or `{name}` can be specified", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Arguments_OfAnInvocation_MaskSecretVariables()
    {
        var flags = new InvocationFlags { Vars = new Dictionary<string, object?> { ["DBT_ENV_SECRET_key"] = "abc", ["plain"] = "def" } };

        var vars = (IReadOnlyDictionary<string, object?>)flags.ToArguments()["vars"]!;

        Assert.Equal(("*****", "def"), (vars["DBT_ENV_SECRET_key"], vars["plain"]));
    }

    private static Node Model(TestProject project, string name) => ProjectErrorTests.Parse(project.Directory).Graph[$"model.shop.{name}"];
}
