using static Platform.Worker.Tests.Transform.Project.ProjectErrorTests;

namespace Platform.Worker.Tests.Transform.Compile;

/// <summary>Which macro a name means (https://docs.getdbt.com/reference/dbt-jinja-functions/dispatch).</summary>
public sealed class DispatchTests
{
    private const string Library = """
        {% macro greet() %}{{ return(adapter.dispatch('greet', 'lib')()) }}{% endmacro %}
        {% macro default__greet() %}lib default{% endmacro %}
        {% macro postgres__greet() %}lib postgres{% endmacro %}
        {% macro concat(fields) %}lib concat{% endmacro %}
        {% macro own() %}{{ lib.helper() }}{% endmacro %}
        {% macro helper() %}helper of lib{% endmacro %}
        {% materialization view, default %}{% endmaterialization %}
        {% materialization special, default %}{% endmaterialization %}
        """;

    [Fact]
    public void Adapter_ComesBeforeDefault_InOnePackage() => Assert.Equal("lib postgres", Render("{{ lib.greet() }}"));

    [Fact]
    public void RootProject_OverridesAnImplementation() =>
        Assert.Equal("root", Render("{{ lib.greet() }}", "{% macro default__greet() %}root{% endmacro %}"));

    [Fact]
    public void DispatchConfiguration_SaysWhichPackagesAreSearched() =>
        Assert.Equal("lib postgres", Render("{{ lib.greet() }}", "{% macro postgres__greet() %}root{% endmacro %}", "dispatch: [{macro_namespace: lib, search_order: [lib]}]"));

    [Fact]
    public void BuiltInMacro_IsOverriddenByTheRootProjectOnly()
    {
        Assert.Equal("a || b", Render("{{ concat(['a', 'b']) }}"));
        Assert.Equal("root", Render("{{ concat(['a']) }}", "{% macro concat(fields) %}root{% endmacro %}"));
        Assert.Equal("a || b", Render("{{ dbt.concat(['a', 'b']) }}", "{% macro concat(fields) %}root{% endmacro %}"));
        Assert.Equal("root", Render("{{ dbt.concat(['a', 'b']) }}", "{% macro postgres__concat(fields) %}root{% endmacro %}"));
    }

    [Fact]
    public void PackageMacro_IsFoundByItsPackage() => Assert.Equal("helper of lib", Render("{{ lib.own() }}"));

    [Fact]
    public void Materialization_OfAPackage_DoesNotReplaceABuiltInOne()
    {
        using var project = Project("", "");
        var macros = Parse(project.Directory).Invocation.Macros;

        Assert.StartsWith("dbt/", macros.Materialization("shop", "view")!.Template.Name, StringComparison.Ordinal);
        Assert.DoesNotContain("dbt/", macros.Materialization("shop", "special")!.Template.Name, StringComparison.Ordinal);
    }

    [Fact]
    public void UnknownMacro_IsAnsweredWithSimilarNames()
    {
        using var project = Project("{% macro cents_to_dollars() %}{% endmacro %}", "");
        var macros = Parse(project.Directory).Invocation.Macros;

        Assert.Equal(["cents_to_dollars"], macros.Similar("cent_to_dollars"));
        Assert.Equal(["lib.greet"], macros.Similar("greet"));
        Assert.Empty(macros.Similar("nothing_like_it"));
    }

    private static string Render(string text, string rootMacro = "", string settings = "")
    {
        using var project = Project(rootMacro, settings);
        return TemplateText.Render(Parse(project.Directory), text);
    }

    private static TestProject Project(string rootMacro, string settings) => TestProject.Of(
        ("dbt_project.yml", $"name: shop\n{settings}\n"),
        ("macros/root.sql", rootMacro),
        ("dbt_packages/lib/dbt_project.yml", "name: lib\n"),
        ("dbt_packages/lib/macros/lib.sql", Library));
}
