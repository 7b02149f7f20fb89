using System.Text.Json;
using Platform.Testing;
using Platform.Worker.Tests.Pipeline.Alerts;

namespace Platform.Worker.Tests.Operate;

public sealed class CommandLineTests(EmbeddedServers servers)
{
    private static readonly Dictionary<string, string> Nothing = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Help_ListsVerbsAndExitCodes()
    {
        var (code, output, _) = await WorkerProcess.RunAsync(["--help"], Nothing, Token);

        Assert.Equal(0, code);
        Assert.All(
            ["run", "backfill", "generate", "transform", "status", "Exit codes", "ConnectionStrings__warehouse"],
            word => Assert.Contains(word, output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("run", "--date")]
    [InlineData("run --date 31.01.2026", "yyyy-MM-dd")]
    [InlineData("backfill --from 2026-01-05", "--to")]
    [InlineData("backfill --from 2026-01-05 --to 2026-01-06 --parallel 0", "--parallel")]
    [InlineData("runs clear", "--date, or --from and --to")]
    [InlineData("runs clear --date 2026-01-05 --only", "--task")]
    [InlineData("runs cancel --from 2026-01-06 --to 2026-01-05", "before it starts")]
    [InlineData("runs logs --date 2026-01-05", "task")]
    [InlineData("pipeline", "")]
    [InlineData("alerts list --state unsent", "unsent")]
    [InlineData("generate", "--date, or --from and --to")]
    [InlineData("generate --date 2026-01-05 --from 2026-01-05 --to 2026-01-05", "--date, or --from and --to")]
    [InlineData("transform", "")]
    [InlineData("rnu --date 2026-01-05", "rnu")]
    public async Task Verb_UsedWrongly_SaysHowAndExitsWith2(string arguments, string says)
    {
        var (code, _, error) = await WorkerProcess.RunAsync(arguments.Split(' '), Nothing, Token);

        Assert.Equal(2, code);
        Assert.Contains(says, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status", new[] { "ConnectionStrings__warehouse" })]
    [InlineData("pipeline show", new[] { "ConnectionStrings__warehouse", "ConnectionStrings__landing" })]
    [InlineData("schedule", new[] { "ConnectionStrings__warehouse" })]
    [InlineData("run --date 2026-01-05", new[] { "ConnectionStrings__warehouse", "ConnectionStrings__landing" })]
    [InlineData("generate --date 2026-01-05", new[] { "ConnectionStrings__landing" })]
    // No verb: the host.
    [InlineData("--urls http://127.0.0.1:0", new[] { "ConnectionStrings__warehouse", "ConnectionStrings__landing" })]
    public async Task Verb_WithoutConnectionStrings_NamesEveryMissingSetting(string arguments, string[] settings)
    {
        var (code, output, error) = await WorkerProcess.RunAsync(arguments.Split(' '), Nothing, Token);

        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.All(settings, setting => Assert.Contains(setting, error, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verb_SettingOutOfRange_SaysWhichAndExitsWith2()
    {
        var (code, _, error) = await WorkerProcess.RunAsync(
            ["status"],
            new Dictionary<string, string> { ["ConnectionStrings__warehouse"] = "Host=127.0.0.1;Port=1", ["Pipeline__BatchDays"] = "0" },
            Token);

        Assert.Equal(2, code);
        Assert.Contains("BatchDays", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verb_NoServer_ExitsWith3AndOneSentence()
    {
        var (code, _, error) = await WorkerProcess.RunAsync(
            ["status"],
            new Dictionary<string, string>
            {
                ["ConnectionStrings__warehouse"] = "Host=127.0.0.1;Port=1;Username=platform;Password=unused;Timeout=1",
                ["Pipeline__MaxRetries"] = "0",
            },
            Token);

        Assert.Equal(3, code);
        Assert.StartsWith("Infrastructure fault:", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_EmptyDatabase_MigratesItAndShowsNoRuns()
    {
        await using var database = await servers.CreateDatabaseAsync(Token);

        var (code, output, error) = await WorkerProcess.RunAsync(
            ["status", "--json"], new Dictionary<string, string> { ["ConnectionStrings__warehouse"] = database.ConnectionString }, Token);

        Assert.Equal((0, ""), (code, error));
        Assert.Equal(0, JsonDocument.Parse(output).RootElement.GetProperty("runs").GetArrayLength());
    }

    [Fact]
    public async Task IncidentsList_EmptyDatabase_ShowsNone()
    {
        await using var database = await servers.CreateDatabaseAsync(Token);

        var (code, output, error) = await WorkerProcess.RunAsync(
            ["incidents", "list", "--json"], new Dictionary<string, string> { ["ConnectionStrings__warehouse"] = database.ConnectionString }, Token);

        Assert.Equal((0, ""), (code, error));
        Assert.Equal(0, JsonDocument.Parse(output).RootElement.GetProperty("incidents").GetArrayLength());
    }

    [Fact]
    public async Task Schedule_TimeZoneCalendarAndDeadline_TellsTheNextFirings()
    {
        await using var database = await servers.CreateDatabaseAsync(Token);
        var settings = new Dictionary<string, string>
        {
            ["ConnectionStrings__warehouse"] = database.ConnectionString, ["Pipeline__TimeZone"] = "Europe/Berlin", ["Pipeline__ReadyBy"] = "06:00",
            ["Pipeline__Calendar__WeekendDays__0"] = "Saturday", ["Pipeline__Calendar__WeekendDays__1"] = "Sunday",
        };

        var (code, output, error) = await WorkerProcess.RunAsync(["schedule", "--count", "10", "--json"], settings, Token);

        Assert.Equal((0, ""), (code, error));
        var schedule = JsonDocument.Parse(output).RootElement;
        var next = schedule.GetProperty("next").EnumerateArray().Select(fire => fire.GetProperty("local_time").GetDateTimeOffset()).ToList();
        Assert.Equal(("Europe/Berlin", 10), (schedule.GetProperty("time_zone").GetString(), next.Count));
        Assert.All(next, fire => Assert.Equal(new TimeSpan(2, 0, 0), fire.TimeOfDay));
        Assert.DoesNotContain(next, fire => fire.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday);
        // Ten business days have the dates of two weeks.
        Assert.Equal(14, schedule.GetProperty("next").EnumerateArray().Sum(fire => fire.GetProperty("data_dates").GetArrayLength()));
        Assert.Equal(0, schedule.GetProperty("deadlines").GetArrayLength());
    }

    [Fact]
    public async Task Alerts_TestAndList_TellWhoTookIt()
    {
        await using var database = await servers.CreateDatabaseAsync(Token);
        await using var webhook = await WebhookReceiver.StartAsync();
        var settings = new Dictionary<string, string> { ["ConnectionStrings__warehouse"] = database.ConnectionString };

        var (none, _, nobody) = await WorkerProcess.RunAsync(["alerts", "test"], settings, Token);
        Assert.Equal(2, none);
        Assert.Contains("Alerts:Receivers:NAME:Kind", nobody, StringComparison.Ordinal);
        settings["Alerts__Receivers__ops__Kind"] = "slack";
        settings["Alerts__Receivers__ops__Url"] = $"{webhook.Url}";
        var (unknown, _, _) = await WorkerProcess.RunAsync(["alerts", "test", "--receiver", "boss"], settings, Token);
        Assert.Equal(2, unknown);
        webhook.Refuse(500);
        var (down, refused, _) = await WorkerProcess.RunAsync(["alerts", "test", "--json"], settings, Token);
        Assert.Equal((3, "it answered 500 Internal Server Error"), (down, JsonDocument.Parse(refused).RootElement.GetProperty("receivers")[0].GetProperty("error").GetString()));
        var (sent, output, _) = await WorkerProcess.RunAsync(["alerts", "test", "--receiver", "ops"], settings, Token);
        Assert.Equal((0, "ops\tsent\t\n"), (sent, output.ReplaceLineEndings("\n")));
        Assert.Equal("Test alert", Assert.Single(webhook.Taken).Body.GetProperty("text").GetString());

        var (listed, list, _) = await WorkerProcess.RunAsync(["alerts", "list", "--json"], settings, Token);

        Assert.Equal(0, listed);
        Assert.Equal(
            ["test sent", "test failed"],
            JsonDocument.Parse(list).RootElement.GetProperty("alerts").EnumerateArray().Select(alert =>
                $"{alert.GetProperty("alert").GetProperty("event")} {alert.GetProperty("deliveries")[0].GetProperty("state")}"));
    }

    [Fact]
    public async Task Verb_UnknownDomainToGenerate_SaysWhichThereAreAndExitsWith2()
    {
        var (code, _, error) = await WorkerProcess.RunAsync(
            ["generate", "--date", "2026-01-05"],
            new Dictionary<string, string> { ["ConnectionStrings__landing"] = "UseDevelopmentStorage=true", ["Generator__Domains__0"] = "fleet" },
            Token);

        Assert.Equal(2, code);
        Assert.Contains("sales, operations, finance", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_DateNotDueYet_ExitsWith2()
    {
        await using var database = await servers.CreateDatabaseAsync(Token);
        var settings = new Dictionary<string, string>
        {
            ["ConnectionStrings__warehouse"] = database.ConnectionString,
            ["ConnectionStrings__landing"] = "UseDevelopmentStorage=true",
        };

        var (code, _, error) = await WorkerProcess.RunAsync(["run", "--date", "9999-01-01"], settings, Token);

        Assert.Equal(2, code);
        Assert.Contains("newest data date that is due", error, StringComparison.Ordinal);
    }
}
