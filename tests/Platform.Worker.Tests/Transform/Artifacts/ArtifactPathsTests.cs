using Platform.Worker.Transform.Artifacts;
using static Platform.Worker.Tests.Transform.Project.ProjectErrorTests;

namespace Platform.Worker.Tests.Transform.Artifacts;

public sealed class ArtifactPathsTests
{
    [Theory]
    [InlineData("model.shop.orders", "compiled/shop/models/marts/orders.sql")]
    [InlineData("test.shop.unique_orders_one.eb05213b4e", "compiled/shop/models/marts/schema.yml/unique_orders_one.sql")]
    [InlineData("unit_test.shop.orders.counts", "compiled/shop/models/marts/schema.yml/counts.sql")]
    public void CompiledSql_LiesBelowItsFile(string id, string path)
    {
        using var project = TestProject.Of(
            ("models/marts/orders.sql", "select 1 as one"),
            ("models/marts/schema.yml", """
                models: [{name: orders, columns: [{name: one, data_tests: [unique]}]}]
                unit_tests: [{name: counts, model: orders, given: [], expect: {rows: [{one: 1}]}}]
                """));

        Assert.Equal(path, ArtifactPaths.Compiled(Parse(project.Directory).Graph[id]));
    }
}
