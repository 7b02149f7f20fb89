using System.Text.Json;
using Platform.Testing;

namespace Platform.Worker.Tests.Operate.Cli.Transform;

/// <summary>Verbs that change nothing in the warehouse: parse, compile, show, ls, docs generate, debug, clean.</summary>
public sealed class LookingCommandTests(EmbeddedServers servers)
{
    private static readonly (string, string)[] Shop =
    [
        ("models/orders.sql", "select 1 as id, 12345.6789 as amount, 'a long text that does not fit' as note"),
        ("models/staging/stg_orders.sql", "{{ config(materialized='ephemeral', tags=['raw']) }} select 2 as id"),
        ("models/schema.yml", "sources:\n  - name: shop\n    schema: public\n    tables: [{name: events}]\n"),
    ];

    [Fact]
    public async Task Parse_WithoutServer_WritesTheManifest()
    {
        await using var cli = await TransformCli.CreateAsync(servers, Shop);
        cli.Project.Write("profiles.yml", "shop: {target: t, outputs: {t: {type: postgres, host: 127.0.0.1, port: 1, user: u, pass: p, dbname: d, schema: s}}}");

        var result = await cli.RunAsync("parse");

        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Contains("model.shop.orders", cli.Artifact("manifest.json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compile_ByNameAndInline_ShowsSql()
    {
        await using var cli = await TransformCli.CreateAsync(servers, Shop);

        var named = await cli.RunAsync("compile", "-s", "orders");
        var inline = await cli.RunAsync("compile", "--inline", "select * from {{ ref('stg_orders') }}");
        var json = await cli.RunAsync("compile", "-s", "orders", "--output", "json", "--quiet");
        var wrong = await cli.RunAsync("compile", "--inline", "select * from {{ ref('nothing') }}");

        Assert.Equal((0, 0, 0, 2), (named.Code, inline.Code, json.Code, wrong.Code));
        Assert.Contains("Compiled node 'orders' is:\nselect 1 as id", named.Output, StringComparison.Ordinal);
        Assert.Contains("Compiled inline node is:\nwith __dbt__cte__stg_orders as (", inline.Output.Replace("  ", " ", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal("orders", JsonDocument.Parse(json.RawOutput).RootElement.GetProperty("node").GetString());
        Assert.Contains("nothing", wrong.Output, StringComparison.Ordinal);
        Assert.Equal(0, await cli.ScalarAsync<long>("select count(*) from pg_class where relname = 'orders'"));
    }

    [Theory]
    [InlineData("compile", "--no-introspect", false)]
    [InlineData("compile", "--introspect", true)]
    [InlineData("docs generate", "--no-introspect", false)]
    public async Task NoIntrospect_NothingIsAskedWhileCompiling(string verb, string flag, bool asks)
    {
        await using var cli = await TransformCli.CreateAsync(
            servers,
            ("models/asking.sql", "{% if execute %}{% set answer = run_query('select 7 as n').columns[0].values()[0] %}{% endif %}\nselect {{ answer }} as x"),
            ("models/plain.sql", "select 1 as y from {{ ref('asking') }}"));

        var plain = await cli.RunAsync([.. verb.Split(' '), flag, "--select", "plain"]);
        var asking = await cli.RunAsync([.. verb.Split(' '), flag, "--select", "asking"]);

        Assert.Equal(0, plain.Code);
        Assert.Equal(asks, asking.Code == 0);
        Assert.Equal(asks, asking.Output.Contains("select 7 as x", StringComparison.Ordinal));
        Assert.Equal(
            !asks, (asking.Output + asking.Error).Contains("connection never acquired: 'asking' asks the warehouse while it is compiled", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "shop.orders\nshop.staging.stg_orders\nsource:shop.shop.events\n")]
    [InlineData("--output name", "orders\nstg_orders\nshop.events\n")]
    [InlineData("--output path --resource-type model", "models/orders.sql\nmodels/staging/stg_orders.sql\n")]
    [InlineData("--models stg_orders", "shop.staging.stg_orders\n")]
    [InlineData("--output json --output-keys name config.materialized -s tag:raw", "{\"name\": \"stg_orders\", \"config.materialized\": \"ephemeral\"}\n")]
    public async Task List_Quiet_PrintsTheResourcesAlone(string arguments, string lines)
    {
        await using var cli = await TransformCli.CreateAsync(servers, Shop);

        var result = await cli.RunAsync(["ls", "--quiet", .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        Assert.Equal((0, lines), (result.Code, result.RawOutput));
    }

    [Fact]
    public async Task DocsGenerate_BuiltProject_DescribesItsRelations()
    {
        await using var cli = await TransformCli.CreateAsync(servers, Shop);
        await cli.RunAsync("run");

        var result = await cli.RunAsync("docs", "generate");
        var columns = JsonDocument.Parse(cli.Artifact("catalog.json")).RootElement.GetProperty("nodes").GetProperty("model.shop.orders").GetProperty("columns");
        await cli.RunAsync("docs", "generate", "--empty-catalog");

        Assert.Equal(0, result.Code);
        Assert.Equal("integer", columns.GetProperty("id").GetProperty("type").GetString());
        Assert.Empty(JsonDocument.Parse(cli.Artifact("catalog.json")).RootElement.GetProperty("nodes").EnumerateObject());
    }

    [Fact]
    public async Task DocsGenerate_OfASelectedSource_DescribesIt()
    {
        await using var cli = await TransformCli.CreateAsync(servers, Shop);
        await cli.ScalarAsync<object>("create table public.events (id int)");

        var result = await cli.RunAsync("docs", "generate", "--select", "source:shop.events");

        var catalog = JsonDocument.Parse(cli.Artifact("catalog.json")).RootElement;
        Assert.Equal(0, result.Code);
        Assert.Equal("source.shop.shop.events", Assert.Single(catalog.GetProperty("sources").EnumerateObject()).Name);
        Assert.Empty(catalog.GetProperty("nodes").EnumerateObject());
    }

    [Fact]
    public async Task Show_OfASeed_ShowsItsTable_AndOfAModelItsHeaderToo()
    {
        await using var cli = await TransformCli.CreateAsync(
            servers,
            ("seeds/codes.csv", "code\nabc\n"),
            ("models/headed.sql", "{% call set_sql_header(config) %}with words as (select 'from the header' as word){% endcall %} select word from words"));
        await cli.RunAsync("seed");

        var seed = await cli.RunAsync("show", "--select", "codes");
        var headed = await cli.RunAsync("show", "--select", "headed");

        Assert.Equal((0, 0), (seed.Code, headed.Code));
        Assert.Contains("| abc", seed.Output, StringComparison.Ordinal);
        Assert.Contains("| from the header", headed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoadResult_OfOneStatementTwice_IsAnError()
    {
        await using var cli = await TransformCli.CreateAsync(
            servers,
            ("models/twice.sql", """
                {% call statement('answer', fetch_result=true) %}select 42 as n{% endcall %}
                {% if execute %}{% set first = load_result('answer') %}{% set second = load_result('answer') %}{% endif %} select 1 as id
                """));

        var result = await cli.RunAsync("compile");

        Assert.Equal(1, result.Code);
        Assert.Contains("The 'statement' result named 'answer' has already been loaded into a variable", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DocsGenerate_CopiesAssets_AndWritesNothingForAProjectThatDoesNotCompile()
    {
        await using var cli = await TransformCli.CreateAsync(servers, [.. Shop, ("dbt_project.yml", "name: shop\nprofile: shop\nasset-paths: [pictures]\n"), ("pictures/a/logo.txt", "logo")]);

        var alone = await cli.RunAsync("docs", "generate", "--no-compile");
        var (asset, manifest) = (Has("pictures/a/logo.txt"), Has("manifest.json"));
        cli.Project.Delete("target/catalog.json");
        cli.Project.Write("models/broken.sql", "{% if execute %}{{ exceptions.raise_compiler_error('no') }}{% endif %} select 1");
        var broken = await cli.RunAsync("docs", "generate");

        Assert.Equal((0, true, false), (alone.Code, asset, manifest));
        Assert.Equal((1, false), (broken.Code, Has("catalog.json")));
        Assert.Contains("compile failed, cannot generate docs", broken.Output, StringComparison.Ordinal);

        bool Has(string artifact) => File.Exists(Path.Combine(cli.Project.Directory, "target", artifact));
    }

    [Fact]
    public async Task Debug_GoodAndBadConnection_SaysWhatFails()
    {
        await using var cli = await TransformCli.CreateAsync(servers, Shop);

        var good = await cli.RunAsync("debug");
        cli.Project.Write("profiles.yml", "shop: {target: t, outputs: {t: {type: postgres, host: 127.0.0.1, port: 1, user: u, pass: hidden, dbname: d, schema: s}}}");
        var bad = await cli.RunAsync("debug");
        cli.Project.Delete("dbt_project.yml");
        var absent = await cli.RunAsync("debug");

        Assert.Equal((0, 1, 1), (good.Code, bad.Code, absent.Code));
        Assert.Contains("Connection test: [OK connection ok]\nAll checks passed!", good.Output, StringComparison.Ordinal);
        Assert.Contains("dbt was unable to connect to the specified database.", bad.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", bad.Output, StringComparison.Ordinal);
        Assert.Contains("dbt_project.yml file [ERROR not found]", absent.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clean_TargetsOfTheProject_AreDeletedAndNothingElse()
    {
        await using var cli = await TransformCli.CreateAsync(
            servers, ("dbt_project.yml", "name: shop\nprofile: shop\nclean-targets: [target, dbt_packages]\n"), ("models/one.sql", "select 1 as x"), ("target/old.txt", ""));

        var cleaned = await cli.RunAsync("clean");
        cli.Project.Write("dbt_project.yml", "name: shop\nprofile: shop\nclean-targets: [models]\n");
        var sources = await cli.RunAsync("clean");
        cli.Project.Write("dbt_project.yml", "name: shop\nprofile: shop\nclean-targets: [../elsewhere]\n");
        var outside = await cli.RunAsync("clean");

        Assert.Equal((0, 2, 2), (cleaned.Code, sources.Code, outside.Code));
        Assert.False(Directory.Exists(Path.Combine(cli.Project.Directory, "target")));
        Assert.True(File.Exists(Path.Combine(cli.Project.Directory, "models", "one.sql")));
        Assert.Contains("will not clean the following source paths", sources.Output, StringComparison.Ordinal);
        Assert.Contains("outside the project", outside.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_NodeAndInline_PrintsRowsAsDbtDoes()
    {
        await using var cli = await TransformCli.CreateAsync(servers, Shop);

        var table = await cli.RunAsync("show", "-s", "orders");
        var json = await cli.RunAsync("show", "--inline", "select * from generate_series(1, 9) as x", "--limit", "2", "--output", "json", "--quiet");
        var wrong = await cli.RunAsync("show");

        Assert.Equal((0, 0, 2), (table.Code, json.Code, wrong.Code));
        Assert.Contains(
            "Previewing node 'orders':\n| id |      amount | note                 |\n| -- | ----------- | -------------------- |\n|  1 | 12,345.678… | a long text that ... |\n",
            table.Output,
            StringComparison.Ordinal);
        Assert.Equal("[1,2]", JsonSerializer.Serialize(JsonDocument.Parse(json.RawOutput).RootElement.GetProperty("show").EnumerateArray().Select(row => row.GetProperty("x").GetInt32())));
        Assert.Contains("Either --select or --inline must be passed to show", wrong.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SourceFreshness_OldAndNew_WritesTheReportAndExitsWith1()
    {
        await using var cli = await TransformCli.CreateAsync(
            servers,
            ("models/sources.yml", """
                sources:
                  - name: raw
                    schema: public
                    loaded_at_field: at
                    freshness: {warn_after: {count: 1, period: hour}, error_after: {count: 1, period: day}}
                    tables: [{name: old}, {name: late}, {name: fresh}]
                """));
        await using (var command = cli.Database.DataSource.CreateCommand(
            "create table fresh as select now() as at; create table late as select now() - interval '2 hours' as at; create table old as select now() - interval '2 days' as at"))
        {
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var all = await cli.RunAsync("source", "freshness");
        var warned = await cli.RunAsync("source", "freshness", "--select", "source:raw.late", "--output", "target/late.json");

        Assert.Equal((1, 0), (all.Code, warned.Code));
        Assert.Matches(@"PASS freshness of raw\.fresh \.+ \[PASS in", all.Output);
        Assert.Matches(@"WARN freshness of raw\.late \.+ \[WARN in", all.Output);
        Assert.Matches(@"ERROR STALE freshness of raw\.old \.+ \[ERROR STALE in", all.Output);
        Assert.Equal(3, JsonDocument.Parse(cli.Artifact("sources.json")).RootElement.GetProperty("results").GetArrayLength());
        Assert.Equal(1, JsonDocument.Parse(cli.Artifact("late.json")).RootElement.GetProperty("results").GetArrayLength());
    }
}
