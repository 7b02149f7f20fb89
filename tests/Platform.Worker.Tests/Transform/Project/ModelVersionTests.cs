using Platform.Worker.Transform.Graph;
using static Platform.Worker.Tests.Transform.Project.ProjectErrorTests;

namespace Platform.Worker.Tests.Transform.Project;

public sealed class ModelVersionTests
{
    private const string Properties = """
        models:
          - name: orders
            latest_version: 2
            description: all of them
            config: {materialized: table, meta: {owner: sales, level: 1}}
            columns:
              - name: order_id
                data_tests: [unique]
              - {name: amount, data_type: numeric}
            data_tests:
              - at_least: {arguments: {least: 1}}
            versions:
              - v: 1
                defined_in: orders_old
                config: {alias: orders_first, meta: {level: 0}}
                columns:
                  - include: all
                    exclude: [amount]
                  - {name: total, data_type: numeric}
              - v: 2
              - v: 3
                description: to come
                data_tests: []
        """;

    [Fact]
    public void Versions_AreNodesOfOneName_WithTheirOwnFilesColumnsAndRelations()
    {
        using var project = Project();

        var graph = Parse(project.Directory).Graph;
        var (first, second, third) = (graph["model.shop.orders.v1"], graph["model.shop.orders.v2"], graph["model.shop.orders.v3"]);

        Assert.All([first, second, third], node => Assert.Equal(("orders", "2"), (node.Name, node.LatestVersion)));
        Assert.Equal(["orders_first", "orders_v2", "orders_v3"], [first.Alias, second.Alias, third.Alias]);
        Assert.Equal(["models/orders_old.sql", "models/orders.sql", "models/orders_v3.sql"], [first.OriginalFilePath, second.OriginalFilePath, third.OriginalFilePath]);
        Assert.Equal(["shop", "orders", "v1"], first.Fqn);
        Assert.Equal(["order_id", "total"], first.Columns.Keys);
        Assert.Equal(["order_id", "amount"], second.Columns.Keys);
        Assert.Equal(("all of them", "to come"), (first.Description, third.Description));
        Assert.Equal([("sales", 0L), ("sales", 1L)], [((string)first.Config.Meta["owner"]!, (long)first.Config.Meta["level"]!), ((string)second.Config.Meta["owner"]!, (long)second.Config.Meta["level"]!)]);
        Assert.True(second.IsLatestVersion);
        Assert.Equal("table", third.Config.Materialized);
    }

    [Theory]
    [InlineData("ref('orders')", "model.shop.orders.v2")]
    [InlineData("ref('orders', v=1)", "model.shop.orders.v1")]
    [InlineData("ref('orders', version=3)", "model.shop.orders.v3")]
    [InlineData("ref('shop', 'orders', version='1')", "model.shop.orders.v1")]
    public void Ref_WithoutAVersion_MeansTheLatest(string call, string expected)
    {
        using var project = Project(("models/reader.sql", $"select * from {{{{ {call} }}}}"));

        Assert.Equal([expected], Parse(project.Directory).Graph["model.shop.reader"].DependsOn);
    }

    [Fact]
    public void Tests_OfAModelWithVersions_AreOnEachVersion()
    {
        using var project = Project();

        var tests = Parse(project.Directory).Graph.Ordered.Where(node => node.Test is not null).ToLookup(node => node.Test!.AttachedNode, node => node.Name);

        Assert.Equal(["at_least_orders_v1_1", "unique_orders_v1_order_id"], tests["model.shop.orders.v1"].Order());
        Assert.Equal(["at_least_orders_v2_1", "unique_orders_v2_order_id"], tests["model.shop.orders.v2"].Order());
        Assert.Equal(["unique_orders_v3_order_id"], tests["model.shop.orders.v3"]);
    }

    private static TestProject Project(params (string Path, string Text)[] more) => TestProject.Of(
    [
        ("macros/at_least.sql", "{% test at_least(model, least) %}select * from {{ model }} where amount < {{ least }}{% endtest %}"),
        ("models/orders_old.sql", "select 1 as order_id, 2 as total"),
        ("models/orders.sql", "select 1 as order_id, 2 as amount"),
        ("models/orders_v3.sql", "select 1 as order_id, 2 as amount"),
        ("models/schema.yml", Properties),
        .. more,
    ]);
}
