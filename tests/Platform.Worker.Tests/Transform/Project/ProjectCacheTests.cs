using Microsoft.Extensions.Logging.Abstractions;
using Platform.Worker.Transform;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Tests.Transform.Project;

public sealed class ProjectCacheTests : IDisposable
{
    private static readonly TargetInfo Target = new("prod", "shop", "analytics", "localhost", "owner", 5432, 4);

    private readonly ProjectCache _cache = new(TimeProvider.System, NullLogger.Instance);
    private readonly TestProject _project = TestProject.Of(
        ("macros/cents.sql", "{% macro cents(column) %}{{ column }} / 100{% endmacro %}"),
        ("models/orders.sql", "select {{ cents('1') }} as amount"),
        ("models/lines.sql", "{{ config(tags=[var('mark', 'plain')]) }} select * from {{ ref('orders') }}"),
        ("models/orders.yml", "models: [{name: orders, columns: [{name: amount, data_tests: [unique]}]}]"));

    [Fact]
    public void NothingChanged_GivesTheSameProject() => Assert.Same(Load(), Load());

    [Fact]
    public void ChangedModel_IsParsedAgain_AndTheRestIsTakenAsItIs()
    {
        var before = Load();
        _project.Write("models/lines.sql", "select 1 as one, 2 as two");

        var after = Load();

        Assert.Empty(after.Graph["model.shop.lines"].DependsOn);
        Assert.Same(before.Graph["model.shop.orders"], after.Graph["model.shop.orders"]);
        Assert.Same(Test(before), Test(after));
    }

    [Fact]
    public void ChangedProperties_MakeTheirResourcesAndTestsNew()
    {
        var before = Load();
        _project.Write("models/orders.yml", "models: [{name: orders, description: new, columns: [{name: amount, data_tests: [not_null, unique]}]}]");

        var after = Load();

        Assert.Equal("new", after.Graph["model.shop.orders"].Description);
        Assert.Equal(2, after.Graph.Ordered.Count(node => node.Test is not null));
        Assert.Equal(before.Graph["model.shop.lines"].DependsOn, after.Graph["model.shop.lines"].DependsOn);
    }

    [Fact]
    public void ChangedMacroOrVariable_ChangesWhatItRenders()
    {
        Load();
        _project.Write("macros/cents.sql", "{% macro cents(column) %}{% do ref('seen') %}{% endmacro %}");
        _project.Write("models/seen.sql", "select 1 as one");
        Assert.Equal(["model.shop.seen"], Load().Graph["model.shop.orders"].DependsOn);

        Assert.Equal(["bold"], Load(("mark", "bold")).Graph["model.shop.lines"].Config.Tags);
        _project.Write("models/orders.sql", "select 1 as amount, 2 as more");
        Assert.Equal(["bold"], Load(("mark", "bold")).Graph["model.shop.lines"].Config.Tags);
        Assert.Equal(["plain"], Load().Graph["model.shop.lines"].Config.Tags);
    }

    [Fact]
    public void ErrorThatStays_IsReportedEveryTime()
    {
        _project.Write("models/bad.sql", "select * from {{ ref('nowhere') }}");
        Assert.Throws<TransformException>(() => Load());
        _project.Write("models/other.sql", "select 1 as one");

        Assert.Contains("nowhere", Assert.Throws<TransformException>(() => Load()).Message, StringComparison.Ordinal);
        _project.Delete("models/bad.sql");
        Assert.True(Load().Graph.Contains("model.shop.other"));
    }

    public void Dispose() => _project.Dispose();

    private static Worker.Transform.Graph.Node Test(ParsedProject project) => Assert.Single(project.Graph.Ordered, node => node.Test is not null);

    private ParsedProject Load(params (string Name, object? Value)[] vars) =>
        _cache.Load(_project.Directory, vars.ToDictionary(pair => pair.Name, pair => pair.Value), Target);
}
