using System.Text.Json.Nodes;
using Platform.Worker.Transform;

namespace Platform.Worker.Tests.Transform.State;

/// <summary>A project is written as a manifest, changed, and compared with it.</summary>
public sealed class StateComparisonTests : IDisposable
{
    private readonly StateTestProject _project = new();

    [Theory]
    [InlineData("state:modified", "")]
    [InlineData("state:new", "")]
    [InlineData("state:old,resource_type:model", "leaf mart stg")]
    [InlineData("state:unmodified,resource_type:seed", "codes")]
    public void Project_ThatIsAsItWas_HasNothingModified(string criterion, string expected)
    {
        _project.Record();

        Assert.Equal(expected, _project.Select(criterion));
    }

    [Theory]
    [InlineData("models/stg.sql", "select 2 as id, 3 as amount", "stg", "state:modified", "state:modified.body")]
    [InlineData("models/leaf.sql", "{{ config(materialized='table') }}select * from {{ ref('mart') }}", "leaf", "state:modified", "state:modified.configs")]
    [InlineData("models/mart.sql", "{{ config(materialized='table', tags=['new']) }} select * from {{ ref('stg') }}", "mart", "state:modified.body")]
    [InlineData("models/leaf.sql", "{{ config(alias='leaves') }}select * from {{ ref('mart') }}", "leaf", "state:modified.relation")]
    [InlineData("seeds/codes.csv", "id\n2\n", "codes", "state:modified", "state:modified.body")]
    [InlineData("macros/scaled.sql", "{% macro scaled(column) %}{{ column }} / 10{% endmacro %}", "stg", "state:modified", "state:modified.macros")]
    [InlineData("macros/unused.sql", "{% macro unused() %}2{% endmacro %}", "", "state:modified", "state:modified.macros")]
    [InlineData("models/other.sql", "select 1 as one", "other", "state:new", "state:modified", "state:modified.body", "state:modified.contract")]
    public void Change_IsFoundByTheSelectorsThatLookForIt(string path, string text, string expected, params string[] criteria)
    {
        _project.Record();
        _project.Write(path, text);

        Assert.All(criteria, criterion => Assert.Equal(expected, _project.Select(criterion)));
    }

    [Theory]
    [InlineData("models/mart.sql", "{{ config(materialized='table', tags=['new']) }} select * from {{ ref('stg') }}", "state:modified.configs")]
    [InlineData("models/stg.sql", "select 2 as id, 3 as amount", "state:modified.configs")]
    [InlineData("models/stg.sql", "select 2 as id, 3 as amount", "state:modified.relation")]
    [InlineData("models/stg.sql", "select 2 as id, 3 as amount", "state:new")]
    public void Change_IsNotFoundByOthers(string path, string text, string criterion)
    {
        _project.Record();
        _project.Write(path, text);

        Assert.Equal("", _project.Select(criterion));
    }

    [Fact]
    public void ConstraintOfAContract_ThatIsGone_ChangesTheContract()
    {
        _project.Replace("models/schema.yml", "{name: id, data_type: int}", "{name: id, data_type: int, constraints: [{type: not_null}]}");
        _project.Record();
        _project.Replace("models/schema.yml", ", constraints: [{type: not_null}]", "");

        Assert.Equal("mart", _project.Select("state:modified.contract"));
        Assert.Contains("Enforced column level constraints were removed", Assert.Single(_project.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("false", "leaf rows")]
    [InlineData("true", "")]
    public void EnvironmentThatChanged_IsNoChange_WhereExpressionsAreComparedAsWritten(string flag, string expected)
    {
        const string Variable = "STATE_COMPARISON_TESTS_KIND";
        _project.Write("dbt_project.yml", $"name: shop\nversion: '1.0'\nflags: {{state_modified_compare_more_unrendered_values: {flag}}}\n");
        _project.Write("models/leaf.sql", $"{{{{ config(materialized=env_var('{Variable}')) }}}} select * from {{{{ ref('mart') }}}}");
        _project.Replace("models/schema.yml", "{name: raw,", $"{{name: raw, schema: \"{{{{ env_var('{Variable}') }}}}\",");
        try
        {
            Environment.SetEnvironmentVariable(Variable, "table");
            _project.Record();
            Environment.SetEnvironmentVariable(Variable, "view");

            Assert.Equal(expected, _project.Select("state:modified"));
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, null);
        }
    }

    /// <summary>Of exports counts what is written, not the schema that another target gives them.</summary>
    [Fact]
    public void Export_IsComparedAsItIsWritten()
    {
        _project.Write("models/semantics.yml", """
            semantic_models: [{name: m, model: ref('mart'), primary_entity: m, measures: [{name: total, agg: sum, expr: amount, create_metric: true}]}]
            saved_queries: [{name: q, query_params: {metrics: [total]}, exports: [{name: e, config: {export_as: table}}]}]
            """);
        _project.Record(manifest => manifest["saved_queries"]!["saved_query.shop.q"]!["exports"]![0]!["config"]!["schema_name"] = "elsewhere");

        Assert.Equal("", _project.Select("state:modified"));

        _project.Replace("models/semantics.yml", "export_as: table", "export_as: view");
        Assert.Equal("q", _project.Select("state:modified"));
    }

    [Fact]
    public void Description_CountsWhereItIsPersisted()
    {
        _project.Record();
        _project.Replace("models/schema.yml", "description: before", "description: after");

        Assert.Equal("leaf", _project.Select("state:modified.persisted_descriptions"));
        Assert.Equal("leaf", _project.Select("state:modified"));
    }

    [Fact]
    public void UnitTest_WithOtherRows_IsModified()
    {
        _project.Record();
        _project.Replace("models/unit.yml", "rows: [{id: 1}]", "rows: [{id: 2}]");

        Assert.Equal("adds_up", _project.Select("state:modified"));
    }

    [Fact]
    public void Contract_ThatBreaks_IsAWarningThatNamesTheChanges()
    {
        _project.Record();
        _project.Replace("models/schema.yml", "data_type: int}", "data_type: text}");

        Assert.Equal("mart", _project.Select("state:modified.contract"));
        Assert.Equal(
            "UnversionedBreakingChange: Breaking change to contracted, unversioned model mart (models/mart.sql)\n"
            + "While comparing to previous project state, dbt detected a breaking change to an unversioned model.\n"
            + "  - Columns with data_type changes: \n    - id (int -> text)",
            Assert.Single(_project.Warnings));
    }

    [Fact]
    public void Contract_WhoseTypeOnlyGrows_DoesNotBreak()
    {
        _project.Record();
        _project.Replace("models/schema.yml", "numeric(10,2)", "numeric(20,2)");

        Assert.Equal("mart", _project.Select("state:modified.contract"));
        Assert.Empty(_project.Warnings);
    }

    [Fact]
    public void Model_WithAContract_ThatIsGone_IsAWarning()
    {
        _project.Record();
        _project.Delete("models/mart.sql");
        _project.Delete("models/leaf.sql");
        _project.Delete("models/unit.yml");

        _project.Select("state:modified");

        Assert.Contains(_project.Warnings, warning => warning.Contains("Contracted model 'model.shop.mart' was deleted or renamed.", StringComparison.Ordinal));
    }

    [Fact]
    public void Manifest_OfDbt_IsComparedByWhatBothSay()
    {
        // As an earlier dbt wrote it: other built-in macros, other names of keys, keys that came later missing.
        _project.Record(manifest =>
        {
            manifest["metadata"]!["dbt_schema_version"] = "https://schemas.getdbt.com/dbt/manifest/v5.json";
            foreach (var macro in manifest["macros"]!.AsObject().Where(entry => entry.Key.StartsWith("macro.dbt.", StringComparison.Ordinal)))
            {
                macro.Value!["macro_sql"] = "{% macro other() %}{% endmacro %}";
            }

            var node = manifest["nodes"]!["model.shop.stg"]!.AsObject();
            node["raw_sql"] = node["raw_code"]!.DeepClone();
            node.Remove("raw_code");
            node.Remove("latest_version");
            node.Remove("deprecation_date");
            node.Remove("contract");
            manifest["nodes"]!["model.shop.mart"]!["contract"]!["checksum"] = "of another text of the same terms";
            manifest["unit_tests"]!["unit_test.shop.mart.adds_up"]!["checksum"] = "of another text of the same rows";
        });

        Assert.Equal("", _project.Select("state:modified"));
    }

    [Theory]
    [InlineData("https://schemas.getdbt.com/dbt/manifest/v3.json")]
    [InlineData("https://schemas.getdbt.com/dbt/manifest/v99.json")]
    [InlineData("https://schemas.getdbt.com/dbt/catalog/v1.json")]
    public void Manifest_OfAnotherVersion_IsRefused(string schema)
    {
        _project.Record(manifest => manifest["metadata"]!["dbt_schema_version"] = schema);

        Assert.Contains(
            $"Expected a schema version of manifest v4 to v12, but found '{schema}'.",
            Assert.Throws<TransformException>(() => _project.Select("state:new")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Manifest_ThatIsNoJson_IsRefused()
    {
        _project.Write("state/manifest.json", "{");

        Assert.Contains(
            "manifest.json: not a readable artifact", Assert.Throws<TransformException>(() => _project.Select("state:new")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void State_AskedForSomethingElse_SaysWhatThereIs()
    {
        _project.Record();

        Assert.Contains(
            "Got an invalid selector 'changed' for state. Use new, old, modified, unmodified, modified.body",
            Assert.Throws<TransformException>(() => _project.Select("state:changed")).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("result:error", "mart")]
    [InlineData("result:success", "stg")]
    [InlineData("result:error+,resource_type:model", "leaf mart")]
    [InlineData("result:skipped", "")]
    public void Result_SelectsByStatus(string criterion, string expected)
    {
        _project.Write("state/run_results.json", """
            {"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/run-results/v6.json"},
             "results": [{"unique_id": "model.shop.stg", "status": "success"}, {"unique_id": "model.shop.mart", "status": "error"}]}
            """);

        Assert.Equal(expected, _project.Select(criterion));
    }

    [Theory]
    [InlineData("2026-01-02T00:00:00Z", "rows")]
    [InlineData("2026-01-01T00:00:00+00:00", "")]
    [InlineData(null, "")]
    public void SourceStatus_SelectsWhatWasLoadedSince(string? loaded, string expected)
    {
        _project.Write("state/sources.json", Sources("2026-01-01T00:00:00Z"));
        _project.Write("target/sources.json", Sources(loaded));

        Assert.Equal(expected, _project.Select("source_status:fresher"));
    }

    public void Dispose() => _project.Dispose();

    private static string Sources(string? loaded)
    {
        var result = new JsonObject { ["unique_id"] = "source.shop.raw.rows" };
        if (loaded is not null)
        {
            result["max_loaded_at"] = loaded;
        }

        return new JsonObject
        {
            ["metadata"] = new JsonObject { ["dbt_schema_version"] = "https://schemas.getdbt.com/dbt/sources/v3.json" },
            ["results"] = new JsonArray(result),
        }.ToJsonString();
    }
}
