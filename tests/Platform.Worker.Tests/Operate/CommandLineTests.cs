using System.Text.Json;
using Platform.Testing;

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
