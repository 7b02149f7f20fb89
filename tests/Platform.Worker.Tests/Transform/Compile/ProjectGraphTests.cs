using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Compile;
using static Platform.Worker.Tests.Transform.Project.ProjectErrorTests;

namespace Platform.Worker.Tests.Transform.Compile;

public sealed class ProjectGraphTests
{
    [Fact]
    public void Resources_HaveWhatTheManifestSaysOfThem_AlsoWhatIsNotSet()
    {
        using var project = TestProject.Of(
            ("models/orders.sql", "select 1 as id, current_date as day"),
            ("models/schema.yml", """
                semantic_models:
                  - name: orders
                    model: ref('orders')
                    defaults: {agg_time_dimension: day}
                    entities: [{name: id, type: primary}]
                    dimensions: [{name: day, type: time, type_params: {time_granularity: day}}]
                    measures: [{name: order_count, agg: count, expr: id}]
                metrics:
                  - {name: orders, label: Orders, type: simple, type_params: {measure: order_count}}
                """),
            ("models/time_spine.sql", "select current_date as day"),
            ("models/time_spine.yml", "models: [{name: time_spine, time_spine: {standard_granularity_column: day}, columns: [{name: day, granularity: day}]}]"));

        var graph = ProjectGraph.Of(Parse(project.Directory));
        var metric = graph["metrics"].As<DictValue>()!["metric.shop.orders"].As<DictValue>()!;

        Assert.Equal("simple", metric["type"].ToString());
        Assert.True(metric["type_params"].As<DictValue>()!["numerator"].IsNone);
        Assert.True(graph["nodes"].As<DictValue>()!["model.shop.orders"].As<DictValue>()!["time_spine"].IsNone);
        Assert.Equal("order_count", metric["type_params"].As<DictValue>()!["measure"].As<DictValue>()!["name"].ToString());
    }
}
