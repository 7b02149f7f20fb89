using System.Text.Json.Nodes;
using Platform.Worker.Transform;
using Platform.Worker.Transform.Artifacts;
using Platform.Worker.Transform.Graph;
using static Platform.Worker.Tests.Transform.Project.ProjectErrorTests;

namespace Platform.Worker.Tests.Transform.Artifacts;

public sealed class SourcesTests(ITestOutputHelper output)
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 2, 0, 0, TimeSpan.Zero);

    private static readonly NodeResult Orders = new()
    {
        UniqueId = "source.shop.raw.orders", Name = "orders", ResourceType = "source", Status = NodeStatus.Warn, Duration = TimeSpan.FromSeconds(0.25),
        Execute = new NodeTiming(Now, Now),
    };

    [Fact]
    public void Sources_MeasuredAndFailed_AreValid()
    {
        var criteria = new SourceFreshness(new FreshnessThreshold(12, "hour"), null, "amount > 0");
        var failed = Orders with { UniqueId = "source.shop.raw.items", Status = NodeStatus.RuntimeError, Message = "relation \"raw.items\" does not exist" };

        var sources = Write(new SourceResult(Orders, criteria, Now.AddHours(-13), Now), new SourceResult(failed, criteria, null, null));

        Assert.Equal([], JsonSchema.Published("dbt-sources-v3", output)?.Validate(sources) ?? []);
        var measured = sources["results"]![0]!;
        Assert.Equal("2026-11-22T13:00:00+00:00", measured["max_loaded_at"]!.GetValue<string>());
        Assert.Equal(46800, measured["max_loaded_at_time_ago_in_s"]!.GetValue<double>());
        Assert.Equal("warn", measured["status"]!.GetValue<string>());
        Assert.Equal(12, measured["criteria"]!["warn_after"]!["count"]!.GetValue<int>());
        Assert.Equal("runtime error", sources["results"]![1]!["status"]!.GetValue<string>());
        Assert.StartsWith("relation", sources["results"]![1]!["error"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    private static JsonObject Write(params SourceResult[] results)
    {
        using var project = TestProject.Of();
        using var stream = new MemoryStream();
        SourcesWriter.Write(stream, Parse(project.Directory).Invocation, results, TimeSpan.FromSeconds(1), Now);
        return JsonNode.Parse(stream.ToArray())!.AsObject();
    }
}
