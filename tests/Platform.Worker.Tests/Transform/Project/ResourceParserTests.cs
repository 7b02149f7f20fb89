using Platform.Worker.Transform.Graph;
using static Platform.Worker.Tests.Transform.Project.ProjectErrorTests;

namespace Platform.Worker.Tests.Transform.Project;

/// <summary>What becomes of each kind of resource.</summary>
public sealed class ResourceParserTests
{
    private const string Orders = "select 1 as order_id, date '2026-01-01' as ordered_at, 5 as amount";

    [Fact]
    public void Snapshots_OfBlocksAndOfYaml_AreNodes()
    {
        using var project = TestProject.Of(
            ("models/orders.sql", Orders),
            ("snapshots/all.sql", """
                {% snapshot first %}{{ config(strategy='check', unique_key='order_id', check_cols='all', target_schema='history') }} select * from {{ ref('orders') }}{% endsnapshot %}
                {% snapshot second %}{{ config(strategy='timestamp', unique_key=['order_id'], updated_at='ordered_at') }} select * from {{ ref('first') }}{% endsnapshot %}
                """),
            ("models/snapshots.yml", """
                snapshots:
                  - name: third
                    relation: source('raw', 'orders')
                    config: {strategy: timestamp, unique_key: order_id, updated_at: ordered_at, schema: past, tags: [daily]}
                    columns: [{name: order_id, data_tests: [not_null]}]
                  - {name: first, description: the first, config: {meta: {owner: sales}}}
                sources: [{name: raw, tables: [name: orders]}]
                """));

        var graph = Parse(project.Directory).Graph;
        var (first, second, third) = (graph["snapshot.shop.first"], graph["snapshot.shop.second"], graph["snapshot.shop.third"]);

        Assert.Equal(["model.shop.orders", "snapshot.shop.first", "source.shop.raw.orders"], [.. first.DependsOn, .. second.DependsOn, .. third.DependsOn]);
        Assert.Equal(["history", "analytics", "analytics_past"], [first.Schema, second.Schema, third.Schema]);
        Assert.Equal(["shop", "all", "first"], first.Fqn);
        Assert.Equal(["shop", "third"], third.Fqn);
        Assert.Equal(("the first", "sales"), (first.Description, first.Config.Meta["owner"]));
        Assert.Equal("select * from {{ source('raw', 'orders') }}", third.RawCode);
        Assert.Equal(["daily"], third.Config.Tags);
        Assert.Equal("snapshot.shop.third", Assert.Single(graph.Ordered, node => node.Test is not null).Test!.AttachedNode);
    }

    [Fact]
    public void Analyses_AreNodesThatNobodyBuilds()
    {
        using var project = TestProject.Of(
            ("models/orders.sql", Orders), ("analyses/deep/why.sql", "select * from {{ ref('orders') }}"), ("analyses/a.yml", "analyses: [{name: why, description: because}]"));

        var node = Parse(project.Directory).Graph["analysis.shop.why"];

        Assert.Equal(["shop", "analysis", "deep", "why"], node.Fqn);
        Assert.Equal(("analysis/deep/why.sql", "because"), (node.Path, node.Description));
        Assert.False(node.IsRunnable || node.IsRelational || node.IsReferable);
    }

    [Fact]
    public void Exposures_DependOnModelsSourcesAndMetrics()
    {
        using var project = TestProject.Of(
            ("models/orders.sql", Orders),
            ("models/schema.yml", """
                sources: [{name: raw, tables: [name: orders]}]
                semantic_models: [{name: orders, model: ref('orders'), defaults: {agg_time_dimension: ordered_at}, measures: [{name: amount, agg: sum, create_metric: true}]}]
                exposures:
                  - name: board
                    label: The board
                    type: dashboard
                    maturity: high
                    url: https://bi.example/board
                    owner: {name: Ada, email: [ada@example.org, bob@example.org], slack: "#board"}
                    depends_on: [ref('orders'), "source('raw', 'orders')", metric('amount')]
                    tags: [shown]
                    config: {meta: {tier: 1}, tags: [daily]}
                """));

        var node = Parse(project.Directory).Graph["exposure.shop.board"];

        Assert.Equal(["model.shop.orders", "source.shop.raw.orders", "metric.shop.amount"], node.DependsOn);
        Assert.Equal(("dashboard", "high", "Ada", "The board"), (node.Exposure!.Type, node.Exposure.Maturity, node.Exposure.OwnerName, node.Exposure.Label));
        Assert.Equal(["ada@example.org", "bob@example.org"], node.Exposure.OwnerEmail);
        Assert.Equal(["daily", "shown"], node.Config.Tags);
        Assert.Equal(1L, node.Config.Meta["tier"]);
    }

    [Fact]
    public void Semantics_OfBothSpecs_DependOnWhatTheyAreMadeOf()
    {
        using var project = TestProject.Of(
            ("models/orders.sql", Orders),
            ("models/visits.sql", Orders),
            ("models/schema.yml", """
                semantic_models:
                  - {name: sales, model: ref('orders'), measures: [{name: amount, agg: sum}]}
                metrics:
                  - {name: revenue, type: simple, type_params: {measure: {name: amount}}}
                  - {name: share, type: ratio, type_params: {numerator: revenue, denominator: {name: seen}}}
                  - {name: both, type: derived, expr: revenue - seen, input_metrics: [revenue, {name: seen}]}
                saved_queries:
                  - {name: weekly, query_params: {metrics: [share, revenue]}, tags: [report]}
                models:
                  - name: visits
                    semantic_model: {enabled: true, name: traffic}
                    agg_time_dimension: ordered_at
                    columns:
                      - {name: order_id, entity: {name: visit, type: primary}}
                      - {name: ordered_at, granularity: day, dimension: {type: time}}
                    metrics:
                      - {name: seen, type: simple, agg: count, expr: order_id}
                """));

        var graph = Parse(project.Directory).Graph;

        Assert.Equal(["model.shop.orders"], graph["semantic_model.shop.sales"].DependsOn);
        Assert.Equal(["model.shop.visits"], graph["semantic_model.shop.traffic"].DependsOn);
        Assert.Equal(["semantic_model.shop.sales"], graph["metric.shop.revenue"].DependsOn);
        Assert.Equal(["semantic_model.shop.traffic"], graph["metric.shop.seen"].DependsOn);
        Assert.Equal(["metric.shop.revenue", "metric.shop.seen"], graph["metric.shop.share"].DependsOn);
        Assert.Equal(["metric.shop.revenue", "metric.shop.seen"], graph["metric.shop.both"].DependsOn);
        Assert.Equal(["metric.shop.share", "metric.shop.revenue"], graph["saved_query.shop.weekly"].DependsOn);
        Assert.Equal("traffic", graph["semantic_model.shop.traffic"].Definition!["semantic_model"]!.Text("name"));
    }

    [Fact]
    public void UnitTests_HaveTheirRowsFromYamlFixturesAndSeeds()
    {
        using var project = TestProject.Of(
            ("seeds/rates.csv", "currency,rate\nEUR,1\n\"U,S\",\n"),
            ("models/orders.sql", "{{ config(materialized='incremental') }} select * from {{ ref('rates') }} {% if is_incremental() %}where true{% endif %}"),
            ("tests/fixtures/expected.csv", "currency,rate\nEUR,1\n"),
            ("tests/fixtures/so_far.sql", "select 'EUR' as currency"),
            ("models/schema.yml", """
                unit_tests:
                  - name: adds
                    model: orders
                    description: only what is new
                    overrides: {macros: {is_incremental: true}, vars: {a: 1}, env_vars: {B: x}}
                    given:
                      - {input: ref('rates'), rows: [{currency: EUR, rate: 1}]}
                      - {input: this, format: sql, fixture: so_far}
                    expect: {format: csv, fixture: expected}
                  - name: whole
                    model: orders
                    overrides: {macros: {is_incremental: false}}
                    given: [input: ref('rates')]
                    expect:
                      format: csv
                      rows: |
                        currency,rate
                        EUR,
                    config: {tags: [slow]}
                """));

        var graph = Parse(project.Directory).Graph;
        var (adds, whole) = (graph["unit_test.shop.orders.adds"], graph["unit_test.shop.orders.whole"]);

        Assert.Equal(["model.shop.orders"], adds.DependsOn);
        Assert.Equal("only what is new", adds.Description);
        Assert.Equal([("seed.shop.rates", false), (null, true)], adds.UnitTest!.Given.Select(given => (given.InputNode, given.IsThis)));
        Assert.Equal("select 'EUR' as currency", adds.UnitTest.Given[1].Sql);
        Assert.Equal("1", Assert.Single(adds.UnitTest.Expect.Rows)["rate"]);
        Assert.Equal((true, 1L, "x"), (adds.UnitTest.MacroOverrides["is_incremental"], adds.UnitTest.VarOverrides["a"], adds.UnitTest.EnvVarOverrides["B"]));
        Assert.Equal([("EUR", "1"), ("U,S", null)], whole.UnitTest!.Given[0].Rows.Select(row => ((string)row["currency"]!, (string?)row["rate"])));
        Assert.Null(Assert.Single(whole.UnitTest.Expect.Rows)["rate"]);
        Assert.Equal(["slow"], whole.Config.Tags);
    }

    [Fact]
    public void UnitTest_OfAModelWithVersions_IsOnePerSelectedVersion()
    {
        using var project = TestProject.Of(
            ("models/orders_v1.sql", Orders), ("models/orders_v2.sql", Orders), ("models/orders_v3.sql", Orders),
            ("models/schema.yml", """
                models: [{name: orders, versions: [v: 1, v: 2, v: 3]}]
                unit_tests:
                  - {name: some, model: orders, versions: {exclude: [2]}, given: [], expect: {rows: [{order_id: 1}]}}
                """));

        var ids = Parse(project.Directory).Graph.Ordered.Where(node => node.UnitTest is not null).Select(node => (node.UniqueId, node.DependsOn[0]));

        Assert.Equal(
            [("unit_test.shop.orders.some_v1", "model.shop.orders.v1"), ("unit_test.shop.orders.some_v3", "model.shop.orders.v3")], ids.Order());
    }

    [Fact]
    public void Macros_HaveTheirProperties_AndDocsBlocksAreKept()
    {
        using var project = TestProject.Of(
            ("macros/cents.sql", "{% macro cents(column) %}{{ column }}{% endmacro %}"),
            ("macros/macros.yml", """
                macros:
                  - name: cents
                    description: "{{ doc('money') }}"
                    meta: {owner: sales}
                    arguments: [{name: column, type: column, description: what}]
                """),
            ("models/overview.md", "{% docs __overview__ %} The shop. {% enddocs %}{% docs money %}In cents.{% enddocs %}"));

        var parsed = Parse(project.Directory);
        var macro = parsed.Macros["macro.shop.cents"];

        Assert.Equal(("In cents.", "sales", "shop://macros/macros.yml"), (macro.Description, macro.Meta["owner"], macro.PatchPath));
        Assert.Equal(("column", "column", "what"), (macro.Arguments[0].Name, macro.Arguments[0].Type, macro.Arguments[0].Description));
        Assert.Equal("The shop.", parsed.Docs["doc.shop.__overview__"].Text);
        Assert.Contains("macro.dbt.test_unique", parsed.Macros.Keys);
    }
}
