using Platform.Testing;

namespace Platform.Worker.Tests.Operate.Cli.Transform;

public sealed class RetryCommandTests(EmbeddedServers servers)
{
    [Fact]
    public async Task Retry_AfterFailure_RunsWhatFailedAndWasSkippedWithTheSameFlags()
    {
        await using var cli = await TransformCli.CreateAsync(
            servers,
            ("models/good.sql", "select 1 as x"),
            ("models/bad.sql", "select {{ var('expression') }} as x"),
            ("models/below.sql", "select * from {{ ref('bad') }}"),
            ("models/other.sql", "select 2 as x"));

        var first = await cli.RunAsync("run", "--exclude", "other", "--vars", "{expression: nonsense}");
        var again = await cli.RunAsync("retry");
        var repaired = await cli.RunAsync("retry", "--vars", "{expression: 1}");
        var nothing = await cli.RunAsync("retry");

        Assert.Equal((1, 1, 0, 0), (first.Code, again.Code, repaired.Code, nothing.Code));
        Assert.EndsWith("Done. PASS=1 WARN=0 ERROR=1 SKIP=1 NO-OP=0 TOTAL=3\n", first.Output, StringComparison.Ordinal);
        Assert.EndsWith("Done. PASS=0 WARN=0 ERROR=1 SKIP=1 NO-OP=0 TOTAL=2\n", again.Output, StringComparison.Ordinal);
        Assert.EndsWith("Done. PASS=2 WARN=0 ERROR=0 SKIP=0 NO-OP=0 TOTAL=2\n", repaired.Output, StringComparison.Ordinal);
        Assert.Contains("Nothing to do.", nothing.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retry_RunOperationFailed_CallsTheMacroAgain()
    {
        await using var cli = await TransformCli.CreateAsync(
            servers,
            ("macros/make.sql", "{% macro make(name) %}{% do run_query('create table dev_' ~ name ~ ' as select * from base; commit;') %}{% endmacro %}"));

        var failed = await cli.RunAsync("run-operation", "make", "--args", "{name: copy}");
        await using (var command = cli.Database.DataSource.CreateCommand("create table base as select 1 as x"))
        {
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var retried = await cli.RunAsync("retry");

        Assert.Equal((1, 0), (failed.Code, retried.Code));
        Assert.Equal(1, await cli.ScalarAsync<long>("select count(*) from dev_copy"));
    }

    [Fact]
    public async Task Retry_WithoutEarlierRun_ExitsWith2()
    {
        await using var cli = await TransformCli.CreateAsync(servers, ("models/one.sql", "select 1 as x"));

        var result = await cli.RunAsync("retry");

        Assert.Equal(2, result.Code);
        Assert.Contains("Could not find previous run", result.Output + result.Error, StringComparison.Ordinal);
    }
}
