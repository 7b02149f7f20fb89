using Platform.Testing;

namespace Platform.Worker.Tests.Operate.Cli.Transform;

/// <summary>Files that nobody should write, and that must not bring the program down: exit code 2, a place and a remedy.</summary>
public sealed class BrokenProjectTests(EmbeddedServers servers)
{
    private const string Properties = "models/schema.yml";

    private const string ProjectFile = "dbt_project.yml";

    public static TheoryData<string, string, string> Cases { get; } = new()
    {
        { Properties, "models: " + new string('[', 50_000), "models/schema.yml:1:264: not valid YAML: it is nested deeper than 256 levels" },
        { Properties, "models:\n  " + string.Concat(Enumerable.Repeat("- ", 50_000)) + "a\n", "nested deeper than 256 levels" },
        { Properties, Doubling(), "not valid YAML: with its aliases it holds more than" },
        { Properties, "models: [{name: orders, config: {enabled: perhaps}}]\n", "the setting 'enabled' of model 'orders' is 'perhaps', where true or false is expected" },
        { Properties, "models: [{name: orders, config: {materialized: [table]}}]\n", "the setting 'materialized' of model 'orders' is a list, where a text is expected" },
        { Properties, "models: [{name: orders, config: {meta: 5}}]\n", "the setting 'meta' of model 'orders' is 5, where a mapping is expected" },
        { Properties, "models: [{name: orders, data_tests: [{not_null: {name: ../../../escaped, column_name: id}}]}]\n", "leads out of the target folder" },
        { Properties, "unit_tests: [{name: ../../../../escaped, model: orders, given: [], expect: {rows: [{id: 1}]}}]\n", "leads out of the target folder" },
        { Properties, "snapshots: [{name: ../escaped, relation: ref('orders'), config: {unique_key: id, strategy: check, check_cols: all}}]\n", "leads out of the target folder" },
        { ProjectFile, "- name: shop\n", "dbt_project.yml:1: the project file is not a mapping" },
        { ProjectFile, "name: shop\nprofile: [shop]\n", "dbt_project.yml:2:10: 'profile' must be a text" },
        { ProjectFile, "name: shop\nprofile: shop\non-run-end:\n  - select 1\n  - \"{{ nope( }}\"\n", "dbt_project.yml:4:3: 'on-run-end': unexpected" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Build_FileIsBroken_ExitsWith2AndNamesPlaceAndRemedy(string path, string text, string expected)
    {
        await using var cli = await TransformCli.CreateAsync(servers, ("models/orders.sql", "select 1 as id"));
        cli.Project.Write(path, text);

        var result = await cli.RunAsync("build");

        Assert.Equal(2, result.Code);
        Assert.Contains(expected, result.Output + result.Error, StringComparison.Ordinal);
        Assert.Null(await cli.ScalarAsync<string>("select to_regclass('dev.orders')::text"));
        Assert.False(Directory.Exists(Path.Combine(cli.Project.Directory, "target", "compiled")));
    }

    [Fact]
    public async Task StructuredLog_ErrorWithASecret_MasksIt()
    {
        Environment.SetEnvironmentVariable("DBT_ENV_SECRET_OF_BROKEN_PROJECT", "correct-horse-battery");
        await using var cli = await TransformCli.CreateAsync(
            servers,
            ("models/orders.sql", "{% if execute %}{% do log('as correct-horse-battery', info=true) %}{% do exceptions.raise_compiler_error('not as correct-horse-battery') %}{% endif %} select 1 as id"));

        var result = await cli.RunAsync("build", "--log-format", "json", "--log-format-file", "json");

        Assert.Equal(1, result.Code);
        Assert.Contains("not as *****", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("correct-horse", result.Output + cli.Artifact("run_results.json"), StringComparison.Ordinal);
        Assert.DoesNotContain("correct-horse", File.ReadAllText(Path.Combine(cli.Project.Directory, "logs", "dbt.log")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("models: [{name: nope}]\n", "NoNodeForYamlKey")]
    [InlineData("macros: [{name: nope}]\n", "MacroNotFoundForPatch")]
    [InlineData("seeds: [{name: orders}]\n", "WrongResourceSchemaFile")]
    [InlineData("models: [{name: orders, data_tests: [{relationships: {column_name: id, to: ref('nope'), field: id}}]}]\n", "NodeNotFoundOrDisabled")]
    [InlineData("mine: []\n", "CustomTopLevelKeyDeprecation")]
    [InlineData("models: [{name: orders, deprecation_date: 2020-01-01}]\n", "DeprecatedModel")]
    public async Task WarnErrorOptions_SelectAWarningByItsName(string properties, string name)
    {
        await using var cli = await TransformCli.CreateAsync(servers, ("models/orders.sql", "select 1 as id"), (Properties, properties));

        Assert.Equal(0, (await cli.RunAsync("parse")).Code);
        Assert.Equal(2, (await cli.RunAsync("parse", "--warn-error-options", $"{{error: [{name}]}}")).Code);
        Assert.Equal(0, (await cli.RunAsync("parse", "--warn-error-options", "{error: [UnusedResourceConfigPath]}")).Code);
    }

    /// <summary>Nine of nine of nine … values: few lines, more than any memory.</summary>
    private static string Doubling() =>
        "a0: &a0 [x]\n" + string.Concat(Enumerable.Range(1, 20).Select(level => $"a{level}: &a{level} [{string.Join(", ", Enumerable.Repeat($"*a{level - 1}", 9))}]\n"));
}
