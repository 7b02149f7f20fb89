using Platform.Testing;

namespace Platform.Worker.Tests.Operate.Cli.Transform;

/// <summary>The platform's own project, on the platform's connection.</summary>
public sealed class PlatformProjectTests(EmbeddedServers servers)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("run")]
    [InlineData("seed")]
    [InlineData("snapshot")]
    public async Task Verb_ThatChangesWithoutTests_IsRefused(string verb)
    {
        await using var database = await servers.CreateDatabaseAsync(Token);

        var (code, output, _) = await WorkerProcess.RunAsync(["transform", verb], Settings(database), Token);

        Assert.Equal(2, code);
        Assert.Contains("Use 'transform build'", output, StringComparison.Ordinal);
        await using var command = database.DataSource.CreateCommand("select count(*) from pg_namespace where nspname = 'analytics'");
        Assert.Equal(0L, await command.ExecuteScalarAsync(Token));
    }

    [Fact]
    public async Task List_OwnProject_Works()
    {
        await using var database = await servers.CreateDatabaseAsync(Token);

        var (code, output, error) = await WorkerProcess.RunAsync(["transform", "ls", "--quiet", "--resource-type", "metric", "--no-write-json"], Settings(database), Token);

        Assert.Equal((0, ""), (code, error));
        Assert.StartsWith("metric:", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parse_NoConnectionAndNoProfile_SaysWhatToSet()
    {
        using var project = Tests.Transform.TestProject.Of(("models/one.sql", "select 1 as x"));

        var (code, output, _) = await WorkerProcess.RunAsync(["transform", "parse", "--project-dir", project.Directory], new Dictionary<string, string>(), Token);

        Assert.Equal(2, code);
        Assert.Contains("no profile was specified for this dbt project", output, StringComparison.Ordinal);
        Assert.Contains("ConnectionStrings__warehouse", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SecretOfTheEnvironment_IsMasked()
    {
        await using var cli = await TransformCli.CreateAsync(servers, ("models/one.sql", "select 'top-secret' as x frmo nowhere"));
        cli.Project.Write("profiles.yml", cli.Profile("shop").Replace("target: dev", "target: \"{{ env_var('DBT_TARGET_NAME') }}\"", StringComparison.Ordinal));

        var (code, output, _) = await WorkerProcess.RunAsync(
            ["transform", "run"],
            new Dictionary<string, string>
            {
                ["DBT_PROJECT_DIR"] = cli.Project.Directory,
                ["DBT_PROFILES_DIR"] = cli.Project.Directory,
                ["DBT_TARGET_NAME"] = "dev",
                ["DBT_ENV_SECRET_WORD"] = "top-secret",
            },
            Token);

        Assert.Equal(1, code);
        Assert.Contains("select '*****' as x", output, StringComparison.Ordinal);
        Assert.DoesNotContain("top-secret", output, StringComparison.Ordinal);
        Assert.DoesNotContain("top-secret", File.ReadAllText(Path.Combine(cli.Project.Directory, "logs", "dbt.log")), StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Settings(TestDatabase database) => new() { ["ConnectionStrings__warehouse"] = database.ConnectionString };
}
