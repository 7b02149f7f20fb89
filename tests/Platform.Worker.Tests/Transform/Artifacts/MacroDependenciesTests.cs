using Platform.Worker.Transform.Artifacts;
using static Platform.Worker.Tests.Transform.Project.ProjectErrorTests;

namespace Platform.Worker.Tests.Transform.Artifacts;

public sealed class MacroDependenciesTests
{
    [Theory]
    [InlineData("macro.shop.money", "macro.shop.postgres__money")]
    [InlineData("macro.shop.wrapper", "macro.shop.note,macro.shop.money")]
    [InlineData("macro.shop.note", "")]
    public void Macro_ReadWithoutRendering_TellsWhatItCalls(string macro, string calls)
    {
        using var project = Shop();
        var parsed = Parse(project.Directory);

        Assert.Equal(calls, string.Join(',', new MacroDependencies(parsed).Of(parsed.Macros[macro])));
    }

    [Theory]
    [InlineData("model.shop.orders", "macro.shop.money")]
    [InlineData("model.shop.plain", "")]
    public void Node_ReadWithoutRendering_TellsWhatItCalls(string node, string calls)
    {
        using var project = Shop();
        var parsed = Parse(project.Directory);

        Assert.Equal(calls, string.Join(',', new MacroDependencies(parsed).Of(parsed.Graph[node])));
    }

    [Fact]
    public void GenericTest_DependsOnItsMacro_AndOnThatOfItsModel()
    {
        using var project = Shop();
        var parsed = Parse(project.Directory);
        var test = parsed.Graph.Ordered.Single(node => node.Test is not null);

        var calls = new MacroDependencies(parsed).Of(test);

        Assert.Equal(["macro.shop.test_positive", "macro.dbt.get_where_subquery"], calls);
    }

    private static TestProject Shop() => TestProject.Of(
        ("macros/money.sql", """
            {% macro money(column) %}{{ return(adapter.dispatch('money', 'shop')(column)) }}{% endmacro %}
            {% macro default__money(column) %}{{ column }}{% endmacro %}
            {% macro postgres__money(column) %}round({{ column }}, 2){% endmacro %}
            {% macro note() %}-- {{ this }}{% endmacro %}
            {% macro wrapper(column) %}{% call note() %}{{ money(column) }}{{ shop.money(column) }}{% endcall %}{% endmacro %}
            {% test positive(model, column_name) %}{{ note() }} select * from {{ model }} where {{ column_name }} < 0{% endtest %}
            """),
        ("models/orders.sql", "{# {{ note() }} #} select {{ money('1.234') }} as amount, {{ var('x', 1) }} as x"),
        ("models/plain.sql", "select 1 as id"),
        ("models/schema.yml", "models: [{name: orders, columns: [{name: amount, data_tests: [positive]}]}]"));
}
