using Platform.Testing;
using Platform.Worker.Transform;

namespace Platform.Worker.Tests.Transform.Run;

/// <summary>Ephemeral models in what reads them.</summary>
public sealed class EphemeralModelTests(EmbeddedServers servers)
{
    private const string Broken = "{{ config(materialized='ephemeral') }} {% if execute %}{{ exceptions.raise_compiler_error('not today') }}{% endif %} select 1 as id";

    [Fact]
    public async Task Expression_IsNamedByTheAlias()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(
            ("models/lines.sql", "{{ config(materialized='ephemeral', alias='order_lines') }} select 7 as id"),
            ("models/report.sql", "select id, '{{ ref('lines') }}' as source from {{ ref('lines') }}"));

        var result = await warehouse.PublishAsync(project, new BuildRequest { Publish = false });

        Assert.StartsWith("with __dbt__cte__order_lines as (", Assert.Single(result.Nodes).CompiledCode, StringComparison.Ordinal);
        Assert.Equal("7|__dbt__cte__order_lines", await warehouse.RowsAsync("select * from analytics.report"));
    }

    [Fact]
    public async Task ModelOfTheRunThatDoesNotCompile_IsSkippedByItsReaders()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = Shop();

        var result = await warehouse.BuildAsync(project, new BuildRequest { Publish = false });

        Assert.Equal("above Skipped, apart Success, reader Skipped", Statuses(result));
        var reader = result.Nodes.Single(node => node.Name == "reader");
        Assert.Contains("Compilation Error in model broken (models/broken.sql)", reader.Message, StringComparison.Ordinal);
        Assert.Contains("not today", reader.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ModelOutsideOfTheRunThatDoesNotCompile_IsTheFaultOfItsReader()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = Shop();

        Assert.Equal("reader Error", Statuses(await warehouse.BuildAsync(project, new BuildRequest { Publish = false, Select = ["reader"] })));
    }

    /// <summary>Nothing is published beside a model that is missing.</summary>
    [Fact]
    public async Task ModelThatDoesNotCompile_KeepsABuildFromBeingPublished()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = Shop();

        var result = await warehouse.BuildAsync(project);

        Assert.Equal("above Skipped, apart Success, reader Error", Statuses(result));
        Assert.Null(result.PublicationId);
    }

    private static TestProject Shop() => TestProject.Of(
        ("models/broken.sql", Broken),
        ("models/reader.sql", "select * from {{ ref('broken') }}"),
        ("models/above.sql", "select * from {{ ref('reader') }}"),
        ("models/apart.sql", "select 1 as id"));

    private static string Statuses(BuildResult result) =>
        string.Join(", ", result.Nodes.OrderBy(node => node.Name, StringComparer.Ordinal).Select(node => $"{node.Name} {node.Status}"));
}
