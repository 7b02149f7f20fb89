using System.Text.Json;
using Platform.Testing;

namespace Platform.Worker.Tests.Operate.Cli.Transform;

/// <summary>What ends a run or is told besides its results: hooks that raise, macros of the catalog, variables, groups, versions.</summary>
public sealed class DbtEventTests(EmbeddedServers servers)
{
    private static readonly (string, string) Raising =
        ("macros/raising.sql", "{% macro raising() %}{% if execute %}{{ exceptions.raise_compiler_error('not today') }}{% endif %}{% endmacro %}");

    [Theory]
    [InlineData("on-run-start", null)]
    [InlineData("on-run-end", "model.shop.one success")]
    public async Task HookThatRaises_EndsTheRun(string hook, string? results)
    {
        await using var cli = await TransformCli.CreateAsync(
            servers, ("dbt_project.yml", $"name: shop\nprofile: shop\n{hook}: '{{{{ raising() }}}}'\n"), Raising, ("models/one.sql", "select 1 as x"));

        var run = await cli.RunAsync("run");

        Assert.Equal(2, run.Code);
        Assert.Contains("Encountered an error:\nCompilation Error\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("not today", run.Output, StringComparison.Ordinal);
        Assert.Equal(results, Results(cli));
    }

    [Fact]
    public async Task HookWhoseStatementFails_IsAResultOfDbtsMainThread()
    {
        await using var cli = await TransformCli.CreateAsync(
            servers, ("dbt_project.yml", "name: shop\nprofile: shop\non-run-start: select nothing\n"), ("models/one.sql", "select 1 as x"));

        var run = await cli.RunAsync("run");

        Assert.Equal(1, run.Code);
        Assert.Equal("operation.shop.shop-on-run-start-0 error, model.shop.one success", Results(cli));
        Assert.Equal("main", Run(cli)[0].GetProperty("thread_id").GetString());
    }

    [Fact]
    public async Task ReaderOfAnEphemeralModelThatDoesNotCompile_IsSkipped_AndTheErrorIsTold()
    {
        await using var cli = await TransformCli.CreateAsync(
            servers, Raising, ("models/broken.sql", "{{ config(materialized='ephemeral') }}{{ raising() }} select 1 as x"), ("models/reader.sql", "select * from {{ ref('broken') }}"));

        var run = await cli.RunAsync("run");

        Assert.Equal(1, run.Code);
        Assert.Equal("model.shop.reader skipped", Results(cli));
        Assert.Contains("Compilation Error in model broken (models/broken.sql)", run.Output, StringComparison.Ordinal);
        Assert.Contains("Completed with 1 error", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DocsGenerate_WithTheProjectsOwnCatalog_WritesWhatItSays()
    {
        await using var cli = await TransformCli.CreateAsync(servers, ("models/one.sql", "select 1 as x"), ("macros/catalog.sql", """
            {% macro get_catalog_relations(information_schema, relations) %}
                {% call statement('catalog', fetch_result=true) %}
                    select '{{ relations[0].database }}' as table_database, '{{ relations[0].schema }}' as table_schema, '{{ relations[0].identifier }}' as table_name,
                           'VIEW' as table_type, 'from {{ information_schema.schema | lower }}' as table_comment, 'ada' as table_owner,
                           'x' as column_name, 1 as column_index, 'whole' as column_type, null as column_comment,
                           'Rows' as "stats:rows:label", 5 as "stats:rows:value", 'Counted.' as "stats:rows:description", true as "stats:rows:include"
                {% endcall %}
                {% do return(load_result('catalog').table) %}
            {% endmacro %}
            """));

        var docs = await cli.RunAsync("docs", "generate");

        var entry = JsonDocument.Parse(cli.Artifact("catalog.json")).RootElement.GetProperty("nodes").GetProperty("model.shop.one");
        Assert.Equal(0, docs.Code);
        Assert.Equal("from information_schema", entry.GetProperty("metadata").GetProperty("comment").GetString());
        Assert.Equal("whole", entry.GetProperty("columns").GetProperty("x").GetProperty("type").GetString());
        Assert.Equal(5, entry.GetProperty("stats").GetProperty("rows").GetProperty("value").GetInt32());
        Assert.True(entry.GetProperty("stats").GetProperty("has_stats").GetProperty("value").GetBoolean());
    }

    [Fact]
    public async Task DocsGenerate_WithACatalogMacroThatFails_TellsSo()
    {
        await using var cli = await TransformCli.CreateAsync(
            servers, Raising, ("models/one.sql", "select 1 as x"), ("macros/catalog.sql", "{% macro get_catalog(information_schema, schemas) %}{{ raising() }}{% endmacro %}"));

        var relations = await cli.RunAsync("docs", "generate");
        var schemas = await cli.RunAsync("docs", "generate", "--no-compile");
        var strict = await cli.RunAsync("docs", "generate", "--no-compile", "--warn-error");

        Assert.Equal((0, 1, 2), (relations.Code, schemas.Code, strict.Code));
        Assert.Contains("Encountered an error while generating catalog:", schemas.Output, StringComparison.Ordinal);
        Assert.Contains("not today", JsonDocument.Parse(cli.Artifact("catalog.json")).RootElement.GetProperty("errors")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task JsonLog_TellsTheGroup_AndTheUsersOwnVariables()
    {
        const string Variable = "DBT_ENV_CUSTOM_ENV_TEAM_OF_DBT_EVENT_TESTS";
        await using var cli = await TransformCli.CreateAsync(
            servers,
            ("models/one.sql", "select null::int as x"),
            ("models/one.yml", """
                groups: [{name: sales, owner: {name: Ada, email: [a@shop.test, b@shop.test]}}]
                models: [{name: one, config: {group: sales}, columns: [{name: x, data_tests: [not_null]}]}]
                """));
        Environment.SetEnvironmentVariable(Variable, "blue");
        try
        {
            var build = await cli.RunAsync("build", "--log-format", "json");

            var events = build.RawOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
            Assert.Equal(
                "LogModelResult, LogTestResult, RunResultFailure, RunResultError",
                string.Join(", ", events.Where(entry => entry.GetProperty("data").TryGetProperty("group", out _)).Select(entry => entry.GetProperty("info").GetProperty("name").GetString())));
            var group = events.First(entry => entry.GetProperty("data").TryGetProperty("group", out _)).GetProperty("data").GetProperty("group");
            Assert.Equal(("sales", "shop"), (group.GetProperty("name").GetString(), group.GetProperty("package_name").GetString()));
            Assert.Equal("['a@shop.test', 'b@shop.test']", group.GetProperty("owner").GetProperty("email").GetString());
            Assert.All(events, entry => Assert.Equal("blue", entry.GetProperty("info").GetProperty("extra").GetProperty(Variable["DBT_ENV_CUSTOM_ENV_".Length..]).GetString()));
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, null);
        }
    }

    [Fact]
    public async Task VariableThatDbtRenamed_CountsAndIsToldOf()
    {
        await using var cli = await TransformCli.CreateAsync(servers, ("models/one.sql", "select 1 as x"));
        Environment.SetEnvironmentVariable("DBT_FAVOR_STATE_MODE", "0");
        try
        {
            var list = await cli.RunAsync("ls");

            Assert.Contains("The environment variable `DBT_FAVOR_STATE_MODE` has been renamed as `DBT_FAVOR_STATE`", list.Output, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable("DBT_FAVOR_STATE_MODE", null);
        }
    }

    [Fact]
    public async Task StateInTheTargetFolder_IsWarnedOf()
    {
        await using var cli = await TransformCli.CreateAsync(servers, ("models/one.sql", "select 1 as x"));
        await cli.RunAsync("run");

        var same = await cli.RunAsync("clone", "--state", "target");
        Directory.Move(Path.Combine(cli.Project.Directory, "target"), Path.Combine(cli.Project.Directory, "before"));
        var other = await cli.RunAsync("clone", "--state", "before");

        Assert.Contains("Warning: The state and target directories are the same: 'target'.", same.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("are the same", other.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RefWithoutVersion_OfAModelWithANewerOne_IsToldOf()
    {
        await using var cli = await TransformCli.CreateAsync(
            servers,
            ("models/one_v1.sql", "select 1 as x"), ("models/one_v2.sql", "select 1 as x"), ("models/one_v10.sql", "select 1 as x"),
            ("models/one.yml", "models: [{name: one, latest_version: 2, versions: [{v: 1}, {v: 2}, {v: 10}]}]"),
            ("models/open.sql", "select * from {{ ref('one') }}"), ("models/pinned.sql", "select * from {{ ref('one', v=2) }}"));

        var run = await cli.RunAsync("run", "--warn-error");

        Assert.Equal(0, run.Code);
        Assert.Contains("'open' refers to 'one' without a version, which is version 2 today. Version 10 is there and not yet the latest", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("'pinned' refers", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Debug_OfAFolderWithoutProfiles_SaysWhatIsMissing_AndOtherVerbsRefuseIt()
    {
        await using var cli = await TransformCli.CreateAsync(servers, ("models/one.sql", "select 1 as x"));
        var gone = Path.Combine(cli.Project.Directory, "gone");
        Directory.CreateDirectory(gone);
        Directory.Delete(gone);

        Assert.Equal((1, 0, 2), (await CodeAsync("debug"), await CodeAsync("deps"), await CodeAsync("parse")));

        async Task<int> CodeAsync(string verb) => await Worker.Operate.Cli.CommandLine.InvokeAsync(
            ["transform", verb, "--project-dir", cli.Project.Directory, "--profiles-dir", gone], static _ => { }, new StringWriter(), new StringWriter());
    }

    [Theory]
    [InlineData("")]
    [InlineData("invalid-key: 1")]
    [InlineData("name: shop\nprofile: shop\narchive: []")]
    public async Task Debug_OfAProjectFileThatIsWrong_IsAFailedCheck(string project)
    {
        await using var cli = await TransformCli.CreateAsync(servers, ("dbt_project.yml", project));

        var debug = await cli.RunAsync("debug", "--profile", "shop");

        Assert.Equal((1, ""), (debug.Code, debug.Error));
        Assert.Contains("dbt_project.yml file [ERROR invalid]", debug.Output, StringComparison.Ordinal);
        Assert.Contains("Project loading failed for the following reason:\ndbt_project.yml", debug.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FoldersThatDbtRenamed_AreWarnedOf()
    {
        await using var cli = await TransformCli.CreateAsync(
            servers,
            ("dbt_project.yml", "name: shop\nprofile: shop\ntarget-path: out\nlog-path: logs\ndata-paths: [seeds]\nclean-targets: [dbt_modules]\n"),
            ("models/e.yml", "exposures: [{name: weekly report, type: dashboard, owner: {name: Ada}}]"));

        var parse = await cli.RunAsync("parse");
        var clean = await cli.RunAsync("clean");

        Assert.Equal(3, parse.Output.Split('\n').Count(line => line.Contains("WARNING", StringComparison.Ordinal)));
        Assert.Contains("'data-paths' is 'seed-paths' by now.", parse.Output, StringComparison.Ordinal);
        Assert.Contains("'target-path' belongs to the command: give --target-path or set DBT_TARGET_PATH", parse.Output, StringComparison.Ordinal);
        Assert.Contains("the name of exposure 'weekly report'", parse.Output, StringComparison.Ordinal);
        Assert.Contains("packages are installed in 'dbt_packages' by now", clean.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TestsThatStoreFailuresByTheCommand_HaveARelationInTheManifest()
    {
        await using var cli = await TransformCli.CreateAsync(
            servers, ("models/one.sql", "select 1 as x"), ("models/one.yml", "models: [{name: one, columns: [{name: x, data_tests: [not_null]}]}]"));

        await cli.RunAsync("build", "--store-failures");

        var nodes = JsonDocument.Parse(cli.Artifact("manifest.json")).RootElement.GetProperty("nodes");
        Assert.EndsWith(
            "\"dev_dbt_test__audit\".\"not_null_one_x\"",
            nodes.EnumerateObject().Single(node => node.Name.StartsWith("test.", StringComparison.Ordinal)).Value.GetProperty("relation_name").GetString(), StringComparison.Ordinal);
    }

    private static string? Results(TransformCli cli) => File.Exists(Path.Combine(cli.Project.Directory, "target", "run_results.json"))
        ? string.Join(", ", Run(cli).Select(result => $"{result.GetProperty("unique_id").GetString()} {result.GetProperty("status").GetString()}"))
        : null;

    private static List<JsonElement> Run(TransformCli cli) => [.. JsonDocument.Parse(cli.Artifact("run_results.json")).RootElement.GetProperty("results").EnumerateArray()];
}
