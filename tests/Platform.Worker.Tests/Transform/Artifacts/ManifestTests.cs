using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Platform.Worker.Transform.Artifacts;
using Platform.Worker.Transform.Lineage;
using Platform.Worker.Transform.Project;
using static Platform.Worker.Tests.Transform.Project.ProjectErrorTests;

namespace Platform.Worker.Tests.Transform.Artifacts;

public sealed class ManifestTests(ITestOutputHelper output)
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 2, 3, 4, 567, TimeSpan.Zero);

    [Fact]
    public void Manifest_OfEveryResourceType_IsValid()
    {
        using var project = Shop();

        var manifest = Manifest(project);

        Assert.Equal([], JsonSchema.Published("dbt-manifest-v12", output)?.Validate(manifest) ?? []);
    }

    [Fact]
    public void Node_OfAModel_HasWhatToolsOfDbtRead()
    {
        using var project = Shop();

        var manifest = Manifest(project, id => id == "model.shop.orders" ? new CompiledNode("select 1") { HasRun = true } : null);

        var node = manifest["nodes"]!["model.shop.orders"]!;
        Assert.Equal("sha256", Text(node["checksum"]!["name"]));
        Assert.Equal(Sha256("{{ config(materialized='table', tags='daily') }} select order_id, amount from {{ ref('stg_orders') }}"), Text(node["checksum"]!["checksum"]));
        Assert.Equal("table", Text(node["config"]!["materialized"]));
        Assert.Equal("apply", Text(node["config"]!["on_configuration_change"]));
        Assert.Equal("""["daily"]""", node["tags"]!.ToJsonString());
        Assert.Equal("""["order_id"]""", node["primary_key"]!.ToJsonString());
        Assert.Equal("""[{"name":"stg_orders","package":null,"version":null}]""", node["refs"]!.ToJsonString());
        Assert.Equal("""["model.shop.stg_orders"]""", node["depends_on"]!["nodes"]!.ToJsonString());
        Assert.EndsWith(".\"analytics\".\"orders\"", Text(node["relation_name"]), StringComparison.Ordinal);
        Assert.Equal("select 1", Text(node["compiled_code"]));
        Assert.Equal("target/compiled/shop/models/marts/orders.sql", Text(node["compiled_path"]));
        Assert.Equal("target/run/shop/models/marts/orders.sql", Text(node["build_path"]));
    }

    [Fact]
    public void Node_OfASeed_HasTheChecksumOfItsTrimmedText()
    {
        using var project = Shop();

        var node = Manifest(project)["nodes"]!["seed.shop.raw_orders"]!;

        Assert.Equal(Sha256("id,amount\n1,10"), Text(node["checksum"]!["checksum"]));
        Assert.Equal(",", Text(node["config"]!["delimiter"]));
    }

    [Fact]
    public void Node_OfASeedWithAByteOrderMark_HasItInItsChecksum()
    {
        using var project = TestProject.Of();
        Directory.CreateDirectory(Path.Combine(project.Directory, "seeds"));
        File.WriteAllText(Path.Combine(project.Directory, "seeds", "marked.csv"), "id\n1\n", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));

        Assert.Equal(Sha256("\ufeffid\n1"), Text(Manifest(project)["nodes"]!["seed.shop.marked"]!["checksum"]!["checksum"]));
    }

    [Fact]
    public void Node_OfAGenericTest_TellsItsMacroAndWhatItIsAttachedTo()
    {
        using var project = Shop();

        var node = Manifest(project)["nodes"]!.AsObject().Single(node => node.Key.StartsWith("test.shop.unique_orders_order_id.", StringComparison.Ordinal)).Value!;

        Assert.Equal("unique", Text(node["test_metadata"]!["name"]));
        Assert.Equal("model.shop.orders", Text(node["attached_node"]));
        Assert.Equal("models.orders", Text(node["file_key_name"]));
        Assert.Equal("none", Text(node["checksum"]!["name"]));
        Assert.Null(node["relation_name"]);
    }

    [Fact]
    public void Metric_ComputedFromOthers_ListsTheirMeasures()
    {
        using var project = Shop();

        var metric = Manifest(project)["metrics"]!["metric.shop.average"]!;

        Assert.Equal(["total", "orders"], metric["type_params"]!["input_measures"]!.AsArray().Select(measure => Text(measure!["name"])));
        Assert.Equal(
            ["metric.shop.order_count", "metric.shop.revenue"], metric["depends_on"]!["nodes"]!.AsArray().Select(Text).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("meta: {unit: EUR}", "EUR")]
    [InlineData("meta: {unit: EUR}, config: {meta: {unit: USD}}", "USD")]
    public void Metric_WithMeta_TellsIt(string settings, string unit)
    {
        using var project = TestProject.Of(
            ("models/orders.sql", "select 1 as id"),
            ("models/orders.yml", "semantic_models: [{name: orders, model: ref('orders'), measures: [{name: total, agg: sum, expr: id}]}]\n"
                + $"metrics: [{{name: revenue, label: Revenue, type: simple, type_params: {{measure: total}}, {settings}}}]\n"));

        Assert.Equal(unit, Text(Manifest(project)["metrics"]!["metric.shop.revenue"]!["meta"]!["unit"]));
    }

    [Fact]
    public void Resource_ThatIsSwitchedOff_IsListedApart()
    {
        using var project = Shop();

        var manifest = Manifest(project);

        Assert.Equal("model", Text(manifest["disabled"]!["model.shop.off"]![0]!["resource_type"]));
        Assert.False(manifest["nodes"]!.AsObject().ContainsKey("model.shop.off"));
    }

    [Fact]
    public void Version_WrittenAsANumber_IsOne()
    {
        using var project = Shop();

        var node = Manifest(project)["nodes"]!["model.shop.customers.v1"]!;

        Assert.Equal(1, node["version"]!.GetValue<int>());
        Assert.Equal(2, node["latest_version"]!.GetValue<int>());
        Assert.Equal("""["id"]""", node["primary_key"]!.ToJsonString());
        Assert.Equal("sales", Text(node["group"]));
    }

    [Fact]
    public void Maps_HoldParentsAndChildren()
    {
        using var project = Shop();

        var manifest = Manifest(project);

        Assert.Equal("""["source.shop.raw.orders"]""", manifest["parent_map"]!["model.shop.stg_orders"]!.ToJsonString());
        Assert.Contains("model.shop.orders", manifest["child_map"]!["model.shop.stg_orders"]!.AsArray().Select(Text));
    }

    [Fact]
    public void Node_WithLineage_CarriesItWhereTheSchemaAllows()
    {
        using var project = Shop();
        var source = new ColumnSource("model.shop.stg_orders", "\"analytics\".\"stg_orders\"", "amount", LineageKind.Derived);
        var lineage = new ModelLineage([("total", [source])], []);

        var manifest = Manifest(project, id => id == "model.shop.orders" ? new CompiledNode("select 1") { Lineage = lineage } : null);

        Assert.Equal([], JsonSchema.Published("dbt-manifest-v12", output)?.Validate(manifest) ?? []);
        Assert.Equal("derived", Text(manifest["nodes"]!["model.shop.orders"]!["config"]!["column_lineage"]!["columns"]!["total"]![0]!["kind"]));
    }

    [Fact]
    public void UnitTest_ThatChanges_HasAnotherChecksum()
    {
        using var project = Shop();
        var before = Checksum();

        project.Write("models/shop.yml", File.ReadAllText(Path.Combine(project.Directory, "models/shop.yml")).Replace("rows: [{order_id: 1, amount: 2}]}", "rows: [{order_id: 1, amount: 3}]}", StringComparison.Ordinal));

        Assert.NotEqual(before, Checksum());

        string? Checksum() => Text(Manifest(project)["unit_tests"]!["unit_test.shop.orders.keeps_amount"]!["checksum"]);
    }

    [Fact]
    public void Macro_ThatTrimsBlanks_HasTheTextThatDbtKeepsOfIt()
    {
        using var project = TestProject.Of(("macros/m.sql", "{% macro a() %}1{% endmacro %}\n\n{%- macro b() -%}2{%- endmacro -%}\n\n{%- macro c() %}3{% endmacro %}\n"));

        var macros = Manifest(project)["macros"]!;

        Assert.Equal("{% macro a() %}1{% endmacro %}", Text(macros["macro.shop.a"]!["macro_sql"]));
        Assert.Equal("\n\n{%- macro b() -%}2{%- endmacro -%}\n\n", Text(macros["macro.shop.b"]!["macro_sql"]));
        Assert.Equal("{%- macro c() %}3{% endmacro %}", Text(macros["macro.shop.c"]!["macro_sql"]));
    }

    /// <summary>A project with one of everything.</summary>
    private static TestProject Shop() => TestProject.Of(
        ("dbt_project.yml", """
            name: shop
            version: '1.0'
            on-run-start: select 1
            models:
              shop:
                marts: {+persist_docs: {relation: true}, +post-hook: ["analyze {{ this }}"]}
            """),
        ("seeds/raw_orders.csv", "id,amount\n1,10\n"),
        ("models/sources.yml", """
            sources:
              - name: raw
                schema: sales
                description: What the shop sends.
                tables:
                  - name: orders
                    loaded_at_field: loaded_at
                    freshness: {warn_after: {count: 1, period: day}}
                    columns: [{name: order_id, data_tests: [not_null]}]
            """),
        ("models/stg_orders.sql", "select * from {{ source('raw', 'orders') }}\n"),
        ("models/marts/orders.sql", "\n{{ config(materialized='table', tags='daily') }} select order_id, amount from {{ ref('stg_orders') }}\n"),
        ("models/marts/schema.yml", """
            models:
              - name: orders
                description: "{{ doc('orders') }}"
                columns:
                  - name: order_id
                    data_type: bigint
                    meta: {pii: false}
                    data_tests: [unique, not_null: {config: {severity: warn}}]
            """),
        ("models/docs.md", "{% docs orders %}\nWhat was bought.\n{% enddocs %}\n"),
        ("macros/cents.sql", "{% macro cents(column) %}({{ column }} * 100){% endmacro %}"),
        ("tests/no_negative.sql", "select * from {{ ref('orders') }} where amount < 0"),
        ("analyses/largest.sql", "select max(amount) from {{ ref('orders') }}"),
        ("snapshots/orders_history.sql", """
            {% snapshot orders_history %}
            {{ config(unique_key='order_id', strategy='check', check_cols=['amount'], target_schema='history') }}
            select * from {{ ref('orders') }}
            {% endsnapshot %}
            """),
        ("models/off.sql", "{{ config(enabled=false) }} select 1 as id"),
        ("models/customers_v1.sql", "select 1 as id, 'anna'::text as name"),
        ("models/customers_v2.sql", "{{ config(materialized='table') }} select 1 as id"),
        ("models/days.sql", "select date '2026-01-01' as day"),
        ("models/shop.yml", """
            groups: [{name: sales, owner: {name: Sales, email: sales@example.com}}]
            models:
              - name: customers
                latest_version: 2
                access: public
                group: sales
                constraints: [{type: primary_key, columns: [id]}]
                columns: [{name: id, data_type: int, constraints: [{type: not_null}]}]
                versions:
                  - {v: 1, deprecation_date: 2030-01-01, columns: [{include: all}, {name: name, data_type: text}]}
                  - {v: 2, config: {contract: {enforced: true}}}
              - name: days
                time_spine: {standard_granularity_column: day}
                columns: [{name: day, granularity: day}]
            exposures:
              - name: board
                type: dashboard
                maturity: high
                owner: {name: Anna, email: anna@example.com}
                depends_on: [ref('orders'), "source('raw', 'orders')", metric('revenue')]
            unit_tests:
              - name: keeps_amount
                model: orders
                given: [{input: ref('stg_orders'), rows: [{order_id: 1, amount: 2}]}]
                expect: {rows: [{order_id: 1, amount: 2}]}
            semantic_models:
              - name: orders
                model: ref('orders')
                defaults: {agg_time_dimension: placed_on}
                entities: [{name: order, type: primary, expr: order_id}]
                dimensions: [{name: placed_on, type: time, type_params: {time_granularity: day}}]
                measures: [{name: total, agg: sum, expr: amount, create_metric: true}, {name: orders, agg: count, expr: order_id}]
            metrics:
              - {name: revenue, label: Revenue, type: simple, type_params: {measure: {name: total, fill_nulls_with: 0}}, filter: "{{ Dimension('order__placed_on') }} is not null"}
              - {name: order_count, label: Orders, type: simple, type_params: {measure: orders}}
              - {name: average, label: Average, type: ratio, type_params: {numerator: revenue, denominator: order_count}}
              - {name: growth, label: Growth, type: derived, type_params: {expr: revenue - before, metrics: [revenue, {name: revenue, alias: before, offset_window: 7 days}]}}
              - {name: to_date, label: To date, type: cumulative, type_params: {measure: total, cumulative_type_params: {window: 7 days}}}
            saved_queries:
              - name: weekly
                query_params: {metrics: [revenue], group_by: ["TimeDimension('metric_time', 'week')"]}
                exports: [{name: weekly, config: {export_as: table}}]
            """));

    private static JsonObject Manifest(TestProject project, Func<string, CompiledNode?>? compiled = null) => Write(Parse(project.Directory), compiled);

    private static JsonObject Write(ParsedProject project, Func<string, CompiledNode?>? compiled)
    {
        using var stream = new MemoryStream();
        ManifestWriter.Write(stream, project, project.Invocation, Now, compiled);
        return JsonNode.Parse(stream.ToArray())!.AsObject();
    }

    private static string? Text(JsonNode? node) => node?.GetValue<string>();

    private static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
