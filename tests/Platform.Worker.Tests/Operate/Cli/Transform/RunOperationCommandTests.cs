using Platform.Testing;

namespace Platform.Worker.Tests.Operate.Cli.Transform;

public sealed class RunOperationCommandTests(EmbeddedServers servers)
{
    [Fact]
    public async Task RunOperation_QueriesStandForThemselves_AndABegunTransactionIsRolledBack()
    {
        await using var cli = await TransformCli.CreateAsync(
            servers,
            ("macros/make.sql",
                """
                {% macro make(name) %}{% do run_query('create table public.' ~ name ~ ' (x int)') %}{% endmacro %}
                {% macro begin(name) %}{% call statement() %}create table public.{{ name }} (x int){% endcall %}{% endmacro %}
                """));

        var kept = await cli.RunAsync("run-operation", "shop.make", "--args", "{name: kept}");
        var lost = await cli.RunAsync("run-operation", "begin", "--args", "{name: lost}");

        Assert.Equal((0, 0), (lost.Code, kept.Code));
        Assert.True(await cli.ScalarAsync<bool>("select to_regclass('public.kept') is not null"));
        Assert.False(await cli.ScalarAsync<bool>("select to_regclass('public.lost') is not null"));
        Assert.Contains("macro.shop.begin", cli.Artifact("run_results.json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunOperation_MacroFails_ExitsWith1()
    {
        await using var cli = await TransformCli.CreateAsync(
            servers, ("macros/fail.sql", "{% macro fail() %}{% do exceptions.raise_compiler_error('not today') %}{% endmacro %}"));

        var result = await cli.RunAsync("run-operation", "fail");

        Assert.Equal(1, result.Code);
        Assert.Contains("Encountered an error while running operation:", result.Output, StringComparison.Ordinal);
        Assert.Contains("not today", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunOperation_NoSuchMacro_ExitsWith2()
    {
        await using var cli = await TransformCli.CreateAsync(servers, ("models/one.sql", "select 1 as x"));

        var result = await cli.RunAsync("run-operation", "nothing");

        Assert.Equal(2, result.Code);
        Assert.Contains("dbt could not find a macro with the name 'nothing' in any package", result.Output, StringComparison.Ordinal);
    }
}
