using static Platform.Worker.Tests.Transform.Project.ProjectErrorTests;

namespace Platform.Worker.Tests.Transform.Compile;

/// <summary>Objects and functions of dbt's context that need no warehouse (https://docs.getdbt.com/reference/dbt-jinja-functions).</summary>
public sealed class ContextObjectTests
{
    private const string Relation = "api.Relation.create(database='d', schema='s', identifier='i', type='table')";

    [Theory]
    [InlineData("{{ " + Relation + " }}", "\"d\".\"s\".\"i\"")]
    [InlineData("{{ " + Relation + ".include(database=false) }} {{ " + Relation + ".include(false, false) }}", "\"s\".\"i\" \"i\"")]
    [InlineData("{{ " + Relation + ".quote(identifier=false).include(database=false) }}", "\"s\".i")]
    [InlineData("{{ " + Relation + ".incorporate(path={'identifier': 'j'}, type='view').is_view }}", "True")]
    [InlineData("{{ " + Relation + ".replace_path(identifier='j').identifier }} {{ " + Relation + ".without_identifier() }}", "j \"d\".\"s\"")]
    [InlineData("{{ " + Relation + ".information_schema('columns') }} {{ " + Relation + ".information_schema() }}", "\"d\".INFORMATION_SCHEMA.columns \"d\".INFORMATION_SCHEMA")]
    [InlineData("{{ " + Relation + " is mapping }} {{ " + Relation + " is string }} {{ " + Relation + ".get('metadata', {}).get('type') }}", "True False PostgresRelation")]
    [InlineData("{{ " + Relation + ".matches(schema='s', identifier='i') }} {{ " + Relation + ".matches(schema='x') }}", "True False")]
    [InlineData("{{ " + Relation + " == " + Relation + " }} {{ " + Relation + " == " + Relation + ".incorporate(type='view') }}", "True False")]
    [InlineData("{{ [" + Relation + "] }} {{ " + Relation + ".render() }}", "[<PostgresRelation \"d\".\"s\".\"i\">] \"d\".\"s\".\"i\"")]
    [InlineData("{{ " + Relation + ".can_be_renamed }} {{ " + Relation + ".Table }} {{ api.Relation.MaterializedView }} {{ api.Relation.add_ephemeral_prefix('x') }}", "True table materialized_view __dbt__cte__x")]
    [InlineData("{{ api.Column('a', 'character varying', 10).data_type }} {{ api.Column('a', 'numeric', none, 10, 2).data_type }} {{ api.Column('a', 'text').data_type }}", "character varying(10) numeric(10,2) text")]
    [InlineData("{{ api.Column('a', 'varchar', 5).can_expand_to(api.Column('a', 'varchar', 9)) }} {{ api.Column('a', 'int4').is_number() }} {{ api.Column('a', 'date').literal(\"'x'\") }}", "True True 'x'::date")]
    [InlineData("{{ api.Column.translate_type('string') }} {{ api.Column.numeric_type('numeric', 4, 1) }} {{ api.Column.from_description('a', 'numeric(4,1)').numeric_scale }}", "TEXT numeric(4,1) 1")]
    [InlineData("{{ api.Column('a', 'text') }}", "PostgresColumn(column='a', dtype='text', char_size=None, numeric_precision=None, numeric_scale=None)")]
    [InlineData("{{ diff_of_two_dicts({'Select': ['A', 'b']}, {'select': ['a']}) }} {{ diff_of_two_dicts({'x': ['y']}, {}) }}", "{'select': ['b']} {'x': ['y']}")]
    [InlineData("{{ zip([1, 2], ['a', 'b']) }} {{ zip(1, default=[]) }} {{ set([1, 1]) }} {{ set(1) }}", "[(1, 'a'), (2, 'b')] [] {1} None")]
    [InlineData("{{ fromjson('{') }} {{ fromjson('{', {}) }} {{ fromjson('[1.5, null]') }} {{ tojson({'b': 1, 'a': 2}, sort_keys=true) }}", "None {} [1.5, None] {\"a\": 2, \"b\": 1}")]
    [InlineData("{{ toyaml({'a': [1, {'b': 'x: y'}], 'c': none, 'd': {}, 'e': true, 'f': '1'}) }}", "a:\n- 1\n- b: 'x: y'\nc: null\nd: {}\ne: true\nf: '1'\n")]
    [InlineData("{% set l = [1] %}{% do l.append(l) %}{{ toyaml(l, 'endless') }} {{ tojson(l, 'endless') }}", "endless endless")]
    [InlineData("{{ try_or_compiler_error('no', modules.re.sub, 'a', 'b', 'aa') }}", "bb")]
    [InlineData("{{ adapter.quote('a') }} {{ adapter.type() }} {{ adapter.quote_seed_column('a', false) }} {{ adapter.behavior.any_flag.no_warn }}", "\"a\" postgres a False")]
    [InlineData("{{ adapter.parse_index({'columns': ['a', 'b'], 'unique': true}).unique }} {{ adapter.parse_index({'columns': ['a']}).type }}", "True None")]
    [InlineData("{{ adapter.render_raw_columns_constraints({'a': {'name': 'a', 'data_type': 'int', 'constraints': [{'type': 'not_null'}, {'type': 'check', 'expression': 'a > 0'}]}}) }}", "['a int not null check (a > 0)']")]
    [InlineData("{{ adapter.render_raw_model_constraints([{'type': 'primary_key', 'name': 'pk', 'columns': ['a', 'b']}, {'type': 'foreign_key', 'columns': ['a'], 'to': 't', 'to_columns': ['x']}]) }}", "['constraint pk primary key (a, b)', 'foreign key (a) references t (x)']")]
    [InlineData("{{ execute }} {{ load_result('x') }} {{ run_query('select 1') }} {{ this.identifier }} {{ config.get('any', 3) }}|", "False None  text |")]
    [InlineData("{{ adapter.get_columns_in_relation(this) }} {{ adapter.get_relation('a', 'b', 'c') }} {{ adapter.check_schema_exists('a', 'b') }} {{ adapter.execute('x')[1].rows }}", "[] None False []")]
    [InlineData("{{ dbt_version }} {{ builtins.ref('a').identifier }} {{ 'ref' in builtins }} {{ context['project_name'] }} {{ env_var('NOBODY_SETS_THIS', 'x') }}", "1.11.0 text True shop x")]
    [InlineData("{{ partition_range('20260130,20260201') }} {{ dbt.dates_in_range('20260130') }} {{ dbt.last_day('d', 'quarter') is string }}", "['20260130', '20260131', '20260201'] ['20260130'] True")]
    [InlineData("{{ dbt.get('type_string') is callable }} {{ 'type_string' in dbt.keys() }} {{ dbt is mapping }} {{ dbt.get('nothing', 1) }}", "True True True 1")]
    public void Expression_RendersAsDbtDoes(string template, string expected)
    {
        using var project = TestProject.Of();

        Assert.Equal(expected, TemplateText.Render(Parse(project.Directory), template));
    }

    [Fact]
    public void VariableThatHoldsATemplate_IsRendered_AndADefaultIsNot()
    {
        using var project = TestProject.Of(("dbt_project.yml", """
            name: shop
            vars:
              batch: "{{ 500 if target.type == 'athena' else 10000 }}"
              list: ["{{ 1 }}"]
            """));

        Assert.Equal("10000 ['{{ 1 }}'] {{ 2 }}", TemplateText.Render(Parse(project.Directory), "{{ var('batch') | int }} {{ var('list') }} {{ var('other', '{{' ~ ' 2 }}') }}"));
    }

    [Theory]
    [InlineData("{{ env_var('DBT_ENV_SECRET_KEY') }}", "Secret env vars are allowed only in profiles.yml or packages.yml")]
    [InlineData("{{ adapter.verify_database('elsewhere') }}", "names the database 'elsewhere'")]
    [InlineData("{{ adapter.dispatch('dbt.x') }}", "write adapter.dispatch('x', 'dbt')")]
    [InlineData("{{ exceptions.raise_compiler_error('stop') }}", "stop")]
    [InlineData("{{ exceptions.relation_wrong_type(" + Relation + ", 'view') }}", "Trying to create view \"d\".\"s\".\"i\", but it currently exists as a table")]
    [InlineData("{{ exceptions.raise_contract_error([{'name': 'a', 'data_type': 'INTEGER'}], [{'name': 'a', 'data_type': 'TEXT'}]) }}", "| a           | TEXT            | INTEGER       | data type mismatch |")]
    [InlineData("{{ api.Relation.create(schema='s', identifier='x' * 64, type='table') }}", "is longer than 63 characters")]
    [InlineData("{{ try_or_compiler_error('told you', modules.re.compile, '(') }}", "told you")]
    public void Expression_ThatCannotBe_SaysWhy(string template, string message)
    {
        using var project = TestProject.Of();

        Assert.Contains(message, Assert.Throws<Platform.Worker.Jinja.JinjaException>(() => TemplateText.Render(Parse(project.Directory), template)).Message, StringComparison.Ordinal);
    }
}
