using System.Text.Json.Nodes;
using Platform.Worker.Transform;
using Platform.Worker.Transform.Artifacts;
using static Platform.Worker.Tests.Transform.Project.ProjectErrorTests;

namespace Platform.Worker.Tests.Transform.Artifacts;

public sealed class RunResultsTests(ITestOutputHelper output)
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 2, 3, 4, TimeSpan.Zero);

    private static readonly NodeResult Orders = new()
    {
        UniqueId = "model.shop.orders", Name = "orders", ResourceType = "model", Status = NodeStatus.Success, Duration = TimeSpan.FromSeconds(1.5),
        Compile = new NodeTiming(Start, Start.AddMilliseconds(2)), Execute = new NodeTiming(Start.AddMilliseconds(3), Start.AddSeconds(1)), Thread = 2,
        Message = "SELECT 3", AdapterResponse = new AdapterResponse("SELECT 3", "SELECT", 3), RelationName = "\"w\".\"a\".\"orders\"", CompiledCode = "select 1",
    };

    [Theory]
    [InlineData(nameof(NodeStatus.Success), "success")]
    [InlineData(nameof(NodeStatus.PartialSuccess), "partial success")]
    [InlineData(nameof(NodeStatus.RuntimeError), "runtime error")]
    [InlineData(nameof(NodeStatus.Skipped), "skipped")]
    [InlineData(nameof(NodeStatus.NoOp), "success")]
    public void RunResults_OfEachStatus_AreValid(string name, string word)
    {
        var status = Enum.Parse<NodeStatus>(name);
        var batches = new BatchResults([(Start.AddDays(-1), Start)], []);

        var written = Write(Orders with { Status = status }, Orders with { Status = status, Batches = batches, AdapterResponse = null, Execute = null });

        Assert.Equal([], JsonSchema.Published("dbt-run-results-v6", output)?.Validate(written) ?? []);
        Assert.Equal(word, written["results"]![0]!["status"]!.GetValue<string>());
    }

    [Fact]
    public void Result_OfAModel_HasItsTimesAndWhatTheServerSaid()
    {
        var result = Write(Orders)["results"]![0]!;

        Assert.Equal("2026-11-23T02:03:04.002000Z", result["timing"]![0]!["completed_at"]!.GetValue<string>());
        Assert.Equal("""{"_message":"SELECT 3","code":"SELECT","rows_affected":3}""", result["adapter_response"]!.ToJsonString());
        Assert.Equal("Thread-2 (worker)", result["thread_id"]!.GetValue<string>());
        Assert.Equal(1.5, result["execution_time"]!.GetValue<double>());
        Assert.True(result["compiled"]!.GetValue<bool>());
    }

    [Fact]
    public void Result_OfASeed_SaysNothingOfCode()
    {
        var result = Write(Orders with { ResourceType = "seed" })["results"]![0]!;

        Assert.Null(result["compiled"]);
        Assert.Null(result["compiled_code"]);
    }

    private static JsonObject Write(params NodeResult[] results)
    {
        using var project = TestProject.Of();
        using var stream = new MemoryStream();
        RunResultsWriter.Write(stream, Parse(project.Directory).Invocation, results, TimeSpan.FromSeconds(2), Start);
        return JsonNode.Parse(stream.ToArray())!.AsObject();
    }
}
