using Platform.Testing;
using Platform.Worker.Transform;

namespace Platform.Worker.Tests.Transform.Run;

/// <summary>Macro files: what stands between the macros is for people; <c>context</c> is a dict that macros of one node share.</summary>
public sealed class MacroFileTests(EmbeddedServers servers)
{
    [Fact]
    public async Task TextBetweenMacros_ThatIsNoTemplate_IsPassedOver()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(
            ("macros/one.sql", "Call it as {{ one( }} or {% one %}.\n{% macro one() %}1{% endmacro %}\nSee {% if.\n{# {% macro one() %}2{% endmacro %} #}"),
            ("models/a.sql", "{{ config(materialized='table') }} select {{ one() }} as id"));

        await warehouse.PublishAsync(project, new BuildRequest { Publish = false });

        Assert.Equal("1", await warehouse.RowsAsync("select id from analytics.a"));
    }

    [Fact]
    public async Task Context_KeepsWhatAMacroPutsIn()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(
            ("macros/state.sql", """
                {% macro put() %}{% do context.update({'kept': 1}) %}{% do context.setdefault('other', 2) %}{% do context.setdefault('other', 3) %}{% endmacro %}
                {% macro take() %}{{ kept }}{{ context['other'] }}{{ context.pop('other') }}{{ 'gone' if context.get('other') is none }}{% endmacro %}
                """),
            ("models/a.sql", "{{ config(materialized='table') }} {% do put() %} select '{{ take() }}' as taken"));

        await warehouse.PublishAsync(project, new BuildRequest { Publish = false });

        Assert.Equal("122gone", await warehouse.RowsAsync("select taken from analytics.a"));
    }
}
