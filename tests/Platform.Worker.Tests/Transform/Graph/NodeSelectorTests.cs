using Platform.Worker.Tests.Transform.Project;
using Platform.Worker.Transform;
using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Tests.Transform.Graph;

public sealed class NodeSelectorTests
{
    [Theory]
    [InlineData("b", "b not_null_b_x")]
    [InlineData("+b", "a b not_null_a_x not_null_b_x")]
    [InlineData("b+", "b c d not_null_b_x")]
    [InlineData("1+d", "c d")]
    [InlineData("a+1", "a b not_null_a_x not_null_b_x")]
    [InlineData("@b", "a b c d not_null_a_x not_null_b_x")]
    [InlineData("tag:hot", "c d")]
    [InlineData("tag:hot,path:models/deep", "d")]
    [InlineData("b d", "b d not_null_b_x")]
    [InlineData("config.materialized:table", "c")]
    [InlineData("resource_type:test", "not_null_a_x not_null_b_x")]
    [InlineData("test_name:not_null,b+", "not_null_b_x")]
    [InlineData("shop.deep", "d")]
    [InlineData("deep.*", "d")]
    [InlineData("source:raw+1", "a not_null_a_x")]
    public void Select_FollowsDbtsSyntax(string criterion, string expected) => Assert.Equal(expected, Select([criterion], []));

    [Fact]
    public void Exclude_TakesAwayFromEverything() => Assert.Equal("a c not_null_a_x", Select([], ["b", "tag:hot,path:models/deep"]));

    [Theory]
    [InlineData("nothing", "matches no node")]
    [InlineData("colour:red", "'colour:' is not a selection method")]
    public void Select_OfNothing_SaysWhy(string criterion, string message) =>
        Assert.Contains(message, Assert.Throws<TransformException>(() => Select([criterion], [])).Message, StringComparison.Ordinal);

    private static string Select(string[] select, string[] exclude)
    {
        using var project = TestProject.Of(
            ("models/a.sql", "select x from {{ source('raw', 'rows') }}"),
            ("models/b.sql", "select * from {{ ref('a') }}"),
            ("models/c.sql", "{{ config(tags='hot', materialized='table') }} select * from {{ ref('b') }}"),
            ("models/deep/d.sql", "{{ config(tags=['hot']) }} select * from {{ ref('c') }}"),
            ("models/schema.yml", """
                sources: [{name: raw, tables: [{name: rows}]}]
                models:
                  - {name: a, columns: [{name: x, data_tests: [not_null]}]}
                  - {name: b, columns: [{name: x, data_tests: [not_null]}]}
                """));
        var graph = ProjectErrorTests.Parse(project.Directory).Graph;
        return string.Join(' ', new NodeSelector(graph).Select(select, exclude).Select(id => graph[id].Name).Order(StringComparer.Ordinal));
    }
}
