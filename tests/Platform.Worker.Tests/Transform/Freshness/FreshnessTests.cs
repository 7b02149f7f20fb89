using Platform.Testing;
using Platform.Worker.Transform;
using Platform.Worker.Transform.Freshness;

namespace Platform.Worker.Tests.Transform.Freshness;

/// <summary><c>source freshness</c> on tables of known age.</summary>
public sealed class FreshnessTests(EmbeddedServers servers)
{
    private static readonly BuildRequest Freshness = new() { Verb = TransformVerb.SourceFreshness, Publish = false };

    private const string Thresholds = "freshness: {warn_after: {count: 1, period: hour}, error_after: {count: 1, period: day}}";

    [Theory]
    [InlineData("now()", "Pass")]
    [InlineData("now() - interval '59 minutes'", "Pass")]
    [InlineData("now() - interval '61 minutes'", "Warn")]
    [InlineData("now() - interval '25 hours'", "Error")]
    [InlineData("(now() at time zone 'utc') - interval '61 minutes'", "Warn")]
    [InlineData("null::timestamp", "Error")]
    [InlineData("current_date", "RuntimeError")]
    public async Task AgeOfTheNewestRow_DecidesTheStatus(string loadedAt, string expected)
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync($"create schema crm; create table crm.orders as select {loadedAt} as loaded_at");
        using var project = Sources("loaded_at_field: loaded_at, config: {" + Thresholds + "}");

        var result = await warehouse.BuildAsync(project, Freshness);

        Assert.Equal(expected, Assert.Single(result.Nodes).Status.ToString());
        Assert.Equal(expected is "Pass" or "Warn", result.Success);
    }

    [Fact]
    public async Task QueryAndFilter_ChooseTheRows()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync("create schema crm; create table crm.orders as select now() as at, 'test' as kind union all select now() - interval '2 hours', 'real'");
        using var project = Sources(
            "loaded_at_query: \"select min(at) from {{ this }}\", config: {" + Thresholds + "}",
            "loaded_at_field: at, config: {freshness: {warn_after: {count: 1, period: hour}, filter: \"kind = 'real'\"}}",
            "loaded_at_field: at, config: {" + Thresholds + "}",
            "loaded_at_field: at");

        var result = await warehouse.BuildAsync(project, Freshness);

        Assert.Equal(
            "orders0 Warn, orders1 Warn, orders2 Pass",
            string.Join(", ", result.Nodes.OrderBy(node => node.Name, StringComparer.Ordinal).Select(node => $"{node.Name} {node.Status}")));
        Assert.True(result.Success);
    }

    [Fact]
    public async Task SourceWithoutLoadedAt_IsRefusedClearly()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = Sources("config: {" + Thresholds + "}");

        var result = await warehouse.BuildAsync(project, Freshness);

        var node = Assert.Single(result.Failures);
        Assert.Equal(NodeStatus.RuntimeError, node.Status);
        Assert.Contains("no 'loaded_at_field' provided and postgres adapter does not support metadata-based freshness checks", node.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Results_CarryTimesForTheArtifact()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync("create schema crm; create table crm.orders as select now() - interval '2 hours' as at");
        using var project = Sources("loaded_at_field: at, config: {" + Thresholds + "}");

        var build = await warehouse.Engine.PrepareAsync(Freshness with { ProjectDirectory = project.Directory }, null, TestWarehouse.Token);
        await warehouse.Engine.RunAsync(build, null, TestWarehouse.Token);

        var source = Assert.Single(FreshnessResults.Of(build));
        Assert.True(NodeStatus.Warn == source.Result.Status, source.Result.Message);
        Assert.InRange(source.Age!.Value, TimeSpan.FromHours(2), TimeSpan.FromHours(2) + TimeSpan.FromMinutes(5));
    }

    private static TestProject Sources(params string[] tables) => TestProject.Of((
        "models/sources.yml",
        "sources:\n  - name: crm\n    tables:\n" + string.Concat(tables.Select((table, index) => $"      - {{name: orders{index}, identifier: orders, {table}}}\n"))));
}
