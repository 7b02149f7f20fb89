using System.Text.Json.Nodes;
using Platform.Testing;
using Platform.Worker.Transform;
using Platform.Worker.Transform.Artifacts;
using Platform.Worker.Transform.Run;
using static Platform.Worker.Tests.Transform.Project.ProjectErrorTests;

namespace Platform.Worker.Tests.Transform.Artifacts;

public sealed class CatalogTests(EmbeddedServers servers, ITestOutputHelper output)
{
    [Fact]
    public async Task Catalog_OfABuiltProject_DescribesWhatTheServerHas()
    {
        using var project = TestProject.Of(
            ("models/orders.sql", "{{ config(materialized='table') }} select 1::bigint as id, 'x'::varchar(10) as \"Code\", 2.5::numeric(8, 2) as amount"),
            ("models/recent.sql", "select id from {{ ref('orders') }}"),
            ("models/never_built.sql", "{{ config(enabled=false) }} select 1 as id"),
            ("models/sources.yml", "sources: [{name: raw, tables: [{name: orders}]}]"));
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync("create schema raw; create table raw.orders (id bigint); comment on column raw.orders.id is 'The key.'; comment on table raw.orders is 'As sent.'");
        await warehouse.PublishAsync(project, new BuildRequest { Publish = false, Schema = "analytics" });
        var parsed = Parse(project.Directory);

        using var session = PostgresSession.Open(warehouse.DataSource, "test", TestWarehouse.Token);
        var tables = CatalogTable.Read(session, CatalogWriter.Schemas(parsed));
        using var stream = new MemoryStream();
        CatalogWriter.Write(stream, parsed, parsed.Invocation, DateTimeOffset.UnixEpoch, tables);

        var catalog = JsonNode.Parse(stream.ToArray())!;
        Assert.Equal([], JsonSchema.Published("dbt-catalog-v1", output)?.Validate(catalog) ?? []);
        Assert.Equal(["model.shop.orders", "model.shop.recent"], catalog["nodes"]!.AsObject().Select(node => node.Key).Order());
        var orders = catalog["nodes"]!["model.shop.orders"]!;
        Assert.Equal("BASE TABLE", orders["metadata"]!["type"]!.GetValue<string>());
        Assert.Equal("VIEW", catalog["nodes"]!["model.shop.recent"]!["metadata"]!["type"]!.GetValue<string>());
        Assert.Equal("character varying(10)", orders["columns"]!["Code"]!["type"]!.GetValue<string>());
        Assert.Equal(3, orders["columns"]!["amount"]!["index"]!.GetValue<int>());
        var source = catalog["sources"]!["source.shop.raw.orders"]!;
        Assert.Equal("As sent.", source["metadata"]!["comment"]!.GetValue<string>());
        Assert.Equal("The key.", source["columns"]!["id"]!["comment"]!.GetValue<string>());
    }
}
