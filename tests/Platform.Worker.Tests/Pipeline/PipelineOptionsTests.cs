using Microsoft.Extensions.Options;
using Platform.Testing;

namespace Platform.Worker.Tests.Pipeline;

public sealed class PipelineOptionsTests(EmbeddedServers servers)
{
    [Fact]
    public async Task Start_ScheduleThatCannotBe_NamesEverySettingAndWhatIsExpected()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);

        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() => TestWorker.StartAsync(pipeline, settings:
        [
            ("Pipeline:Cron", "0 2 * * *"), ("Pipeline:TimeZone", "Europe/Berln"), ("Pipeline:Calendar:WeekendDays:0", "Saterday"),
            ("Pipeline:Calendar:Holidays", "/nowhere/holidays.txt"), ("Pipeline:ReadyBy", "6 o'clock"), ("Pipeline:Overlap", "sometimes"),
        ]));

        Assert.All(
            [
                "Pipeline:Cron '0 2 * * *'", "Pipeline:TimeZone 'Europe/Berln' is no IANA time zone", "'Saterday' is no day of the week", "/nowhere/holidays.txt",
                "Pipeline:ReadyBy '6 o'clock' is no time of the day", "Pipeline:Overlap 'sometimes' is none",
            ],
            part => Assert.Contains(part, fault.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("W. Europe Standard Time")]
    [InlineData("")]
    public async Task Start_TimeZoneOfAnotherKind_IsRefused(string zone)
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);

        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() => TestWorker.StartAsync(pipeline, settings: ("Pipeline:TimeZone", zone)));

        Assert.Contains("TimeZone", fault.Message, StringComparison.Ordinal);
    }
}
