using Platform.Worker.Transform.Graph;
using static Platform.Worker.Tests.Transform.Project.ProjectErrorTests;

namespace Platform.Worker.Tests.Transform.Project;

public sealed class SourceParserTests
{
    [Fact]
    public void Table_HasWhatItsSourceSays_AndItsOwnOnTop()
    {
        using var project = TestProject.Of(
            ("models/staging/sources.yml", """
                sources:
                  - name: raw
                    schema: "{{ var('place') }}_raw"
                    database: other
                    loader: copy
                    tags: [landed]
                    meta: {owner: ops, level: 1}
                    quoting: {identifier: false}
                    loaded_at_field: loaded_at
                    freshness: {warn_after: {count: 12, period: hour}, error_after: {count: 2, period: day}, filter: loaded_at > now() - interval '3 days'}
                    config: {enabled: true}
                    tables:
                      - name: orders
                        identifier: orders_2026
                        tags: [facts]
                        config: {meta: {level: 2}}
                        freshness: {warn_after: {count: 1}}
                        columns: [{name: order_id, data_tests: [unique]}]
                        external: {location: s3}
                      - name: lines
                        freshness: null
                        loaded_at_query: select max(at) from x
                      - {name: hidden, config: {enabled: false}, data_tests: [unique: {column_name: a}]}
                """));

        var parsed = Parse(project.Directory, ("place", "north"));
        var (orders, lines) = (parsed.Graph["source.shop.raw.orders"], parsed.Graph["source.shop.raw.lines"]);

        Assert.Equal(("other", "north_raw", "orders_2026"), (orders.Database, orders.Schema, orders.Alias));
        Assert.Equal(["shop", "staging", "raw", "orders"], orders.Fqn);
        Assert.Equal(["facts", "landed"], orders.Config.Tags);
        Assert.Equal(("ops", 2L), (orders.Config.Meta["owner"], orders.Config.Meta["level"]));
        Assert.Equal(new RelationQuoting(true, true, false), orders.Quoting);
        Assert.Equal(new SourceFreshness(new(1, "hour"), new(2, "day"), "loaded_at > now() - interval '3 days'"), orders.Source!.Freshness);
        Assert.Equal(("loaded_at", null), (orders.Source.LoadedAtField, orders.Source.LoadedAtQuery));
        Assert.Equal((null, "select max(at) from x"), (lines.Source!.LoadedAtField, lines.Source.LoadedAtQuery));
        Assert.Null(lines.Source.Freshness);
        Assert.Equal("s3", orders.Source.External!.Text("location"));
        var test = Assert.Single(parsed.Graph.Ordered, node => node.Test is not null);
        Assert.Equal(("source_unique_raw_orders_order_id", "source.shop.raw.orders"), (test.Name, test.Test!.AttachedNode));
        Assert.Equal("hidden", Assert.Single(parsed.Disabled, node => node.Source is not null).Name);
    }

    [Fact]
    public void Override_ChangesTheSourceOfAPackage()
    {
        using var project = TestProject.Of(
            ("dbt_packages/lib/dbt_project.yml", "name: lib\n"),
            ("dbt_packages/lib/models/sources.yml", "sources: [{name: raw, schema: theirs, description: as delivered, tables: [{name: a, identifier: x}, name: b]}]"),
            ("models/overrides.yml", "sources: [{name: raw, overrides: lib, schema: ours, tables: [{name: a, identifier: y}]}]"));

        var graph = Parse(project.Directory).Graph;

        Assert.Equal(("ours", "y"), (graph["source.lib.raw.a"].Schema, graph["source.lib.raw.a"].Alias));
        Assert.Equal(("ours", "b"), (graph["source.lib.raw.b"].Schema, graph["source.lib.raw.b"].Alias));
        Assert.Equal("as delivered", graph["source.lib.raw.a"].Source!.SourceDescription);
    }
}
