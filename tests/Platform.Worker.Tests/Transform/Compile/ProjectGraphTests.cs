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

    /// <summary>dbt's objects have all of their fields, so packages that insert them into tables find the same everywhere.</summary>
    [Fact]
    public void SeedsSourcesAndExposures_HaveTheFieldsOfTheManifest()
    {
        using var project = TestProject.Of(
            ("seeds/colors.csv", "id\n1\n"),
            ("models/orders.sql", "select 1 as id"),
            ("models/schema.yml", """
                sources:
                  - {name: raw, tables: [{name: orders, loaded_at_field: at, freshness: {error_after: {count: 1, period: hour}}}]}
                exposures:
                  - {name: board, type: dashboard, owner: {name: Ada, email: ada@example.com}, depends_on: [ref('orders')]}
                """));

        var graph = ProjectGraph.Of(Parse(project.Directory));

        Assert.Equal(64, Entry("nodes", "seed.shop.colors")["checksum"].As<DictValue>()!["checksum"].ToString().Length);
        Assert.Equal(
            "{'warn_after': {'count': None, 'period': None}, 'error_after': {'count': 1, 'period': 'hour'}, 'filter': None}",
            Entry("sources", "source.shop.raw.orders")["freshness"].ToString());
        Assert.Equal("{'email': 'ada@example.com', 'name': 'Ada'}", Entry("exposures", "exposure.shop.board")["owner"].ToString());
        Assert.True(Entry("nodes", "model.shop.orders").Items.ContainsKey("created_at"));

        DictValue Entry(string kind, string id) => graph[kind].As<DictValue>()![id].As<DictValue>()!;
    }
}
