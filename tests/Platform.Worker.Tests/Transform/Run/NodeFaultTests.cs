using Platform.Testing;
using Platform.Worker.Transform;

namespace Platform.Worker.Tests.Transform.Run;

/// <summary>What parsing cannot know is the fault of the node that needs it, and only of that one.</summary>
public sealed class NodeFaultTests(EmbeddedServers servers)
{
    [Theory]
    [InlineData("select '{{ var('region') }}' as region", "needs the variable 'region'")]
    [InlineData("select {{ dbt.no_such_macro('a') }} as a", "no_such_macro")]
    [InlineData("select {{ adapter.no_such_method() }} as a", "'adapter' has no method 'no_such_method'")]
    public async Task Template_ThatNeedsWhatIsNotThere_FailsOnlyItsNode(string sql, string message)
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(("models/broken.sql", sql), ("models/below.sql", "select * from {{ ref('broken') }}"), ("models/sound.sql", "select 1 as id"));

        var result = await warehouse.BuildAsync(project, new BuildRequest { Publish = false });

        Assert.Equal(
            "below Skipped, broken Error, sound Success",
            string.Join(", ", result.Nodes.OrderBy(node => node.Name, StringComparer.Ordinal).Select(node => $"{node.Name} {node.Status}")));
        Assert.Contains(message, result.Nodes.Single(node => node.Name == "broken").Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fixture_ThatIsThereTwice_IsAnError()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(
            ("models/a.sql", "select 1 as id"),
            ("models/b.sql", "select id from {{ ref('a') }}"),
            ("models/b.yml", """
                unit_tests:
                  - name: same
                    model: b
                    given: [{input: ref('a'), format: csv, fixture: rows}]
                    expect: {rows: [{id: 2}]}
                """),
            ("tests/fixtures/rows.csv", "id\n2\n"),
            ("tests/fixtures/more/rows.csv", "id\n3\n"));

        var fault = await Assert.ThrowsAsync<TransformException>(() => warehouse.BuildAsync(project));

        Assert.Contains("tests/fixtures/more/rows.csv", fault.Message, StringComparison.Ordinal);
    }
}
