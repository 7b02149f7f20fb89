using Platform.Worker.Transform;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Project;
using Platform.Worker.Transform.Run;

namespace Platform.Worker.Tests.Transform.Run;

/// <summary>Batches as dbt counts them.</summary>
public sealed class MicrobatchPlanTests
{
    private static readonly DateTimeOffset Now = Utc("2024-09-17T16:06:00Z");

    [Theory]
    [InlineData("hour", "2024-09-17T14:10:00Z", "2024-09-17T14,2024-09-17T15,2024-09-17T16")]
    [InlineData("day", "2024-09-15", "2024-09-15,2024-09-16,2024-09-17")]
    [InlineData("month", "2024-07-31", "2024-07,2024-08,2024-09")]
    [InlineData("year", "2022-03-01", "2022,2023,2024")]
    public void FirstRun_BeginsAtBegin(string size, string begin, string expected) =>
        Assert.Equal(expected, Names(MicrobatchPlan.Make(Model(size, begin, null), false, null, null, Now)));

    [Theory]
    [InlineData("day", null, "2024-09-16,2024-09-17")]
    [InlineData("day", 0, "2024-09-17")]
    [InlineData("day", 3, "2024-09-14,2024-09-15,2024-09-16,2024-09-17")]
    [InlineData("hour", 1, "2024-09-17T15,2024-09-17T16")]
    [InlineData("month", 1, "2024-08,2024-09")]
    public void LaterRun_LooksBack(string size, int? lookback, string expected) =>
        Assert.Equal(expected, Names(MicrobatchPlan.Make(Model(size, "2020-01-01", lookback), true, null, null, Now)));

    [Fact]
    public void GivenEventTime_IsRoundedToWholeBatches()
    {
        var windows = MicrobatchPlan.Make(Model("day", "2020-01-01", 1), true, Utc("2024-01-30T12:00:00Z"), Utc("2024-02-01T00:00:01Z"), Now);

        Assert.Equal("2024-01-30,2024-01-31,2024-02-01", Names(windows));
        Assert.Equal((Utc("2024-01-30T00:00:00Z"), Utc("2024-02-02T00:00:00Z")), (windows[0].Start, windows[^1].End));
        Assert.Equal("20240130", windows[0].Id);
        Assert.Equal((true, false, false, true), (windows[0].IsFirst, windows[0].IsLast, windows[2].IsFirst, windows[2].IsLast));
    }

    [Theory]
    [InlineData("batch_size", "needs the config 'batch_size'")]
    [InlineData("begin", "needs the config 'begin'")]
    [InlineData("event_time", "needs the config 'event_time'")]
    public void MissingConfig_IsNamed(string key, string expected)
    {
        var model = Model("day", "2024-01-01", null);
        var fault = Assert.Throws<TransformException>(() => MicrobatchPlan.Make(model with { Config = model.Config.With(key, null) }, false, null, null, Now));
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hour", "0001-01-01", false, null, "from 0001-01-01T00 to 2024-09-17T17")]
    [InlineData("day", "0001-01-01", false, null, "from 0001-01-01 to 2024-09-18")]
    [InlineData("hour", "2024-01-01", true, 2_000_000_000, "from 0001-01-01T00 to 2024-09-17T17")]
    public void BatchesWithoutNumber_AreRefusedWithTheRemedy(string size, string begin, bool isIncremental, int? lookback, string span)
    {
        var fault = Assert.Throws<TransformException>(() => MicrobatchPlan.Make(Model(size, begin, lookback), isIncremental, null, null, Now));
        Assert.Contains($"'events' has more than 100000 batches {span}. Let it begin later", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EndOfTime_IsTheLastBatch() =>
        Assert.Equal("9999-12-31", Names(MicrobatchPlan.Make(Model("day", "2020-01-01", 1), true, Utc("9999-12-31"), Utc("9999-12-31T12:00:00Z"), Now)));

    private static string Names(IReadOnlyList<MicrobatchWindow> windows) => string.Join(',', windows.Select(window => window.Name));

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static Node Model(string size, string begin, long? lookback) => new()
    {
        UniqueId = "model.shop.events",
        Name = "events",
        ResourceType = ResourceType.Model,
        PackageName = "shop",
        Path = "events.sql",
        OriginalFilePath = "models/events.sql",
        Fqn = ["shop", "events"],
        At = new SourceLocation("models/events.sql"),
        Config = NodeConfig.Empty.With(new Dictionary<string, object?>
        {
            ["materialized"] = "incremental", ["incremental_strategy"] = "microbatch", ["batch_size"] = size, ["begin"] = begin, ["event_time"] = "at",
            ["lookback"] = lookback,
        }),
    };
}
