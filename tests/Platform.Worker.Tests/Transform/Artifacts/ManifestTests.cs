using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Platform.Worker.Transform.Artifacts;
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
    public void Maps_HoldParentsAndChildren()
    {
        using var project = Shop();

        var manifest = Manifest(project);

        Assert.Equal("""["source.shop.raw.orders"]""", manifest["parent_map"]!["model.shop.stg_orders"]!.ToJsonString());
        Assert.Contains("model.shop.orders", manifest["child_map"]!["model.shop.stg_orders"]!.AsArray().Select(Text));
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
        ("tests/no_negative.sql", "select * from {{ ref('orders') }} where amount < 0"));

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
