{% materialization test, default %}
    {%- set relations = [] -%}
    {%- set sql_header = config.get('sql_header') if flags.REQUIRE_SQL_HEADER_IN_TEST_CONFIGS else none -%}
    {%- set main_sql = get_limit_subquery_sql(sql, config.get('limit')) -%}

    {%- if should_store_failures() -%}
        {%- set kind = config.get('store_failures_as') or 'table' -%}
        {%- if kind not in ['table', 'view'] -%}
            {% do exceptions.raise_compiler_error(
                "'" ~ kind ~ "' is not a valid value for `store_failures_as`. Accepted values are: ['ephemeral', 'table', 'view']") %}
        {%- endif -%}
        {%- set old_relation = adapter.get_relation(database=this.database, schema=this.schema, identifier=this.identifier) -%}
        {%- set target_relation = api.Relation.create(database=this.database, schema=this.schema, identifier=this.identifier, type=kind) -%}
        {%- if old_relation is not none -%}
            {% do adapter.drop_relation(old_relation) %}
        {%- endif -%}
        {% call statement(auto_begin=true) %}
            {{ sql_header or '' }}
            {{ get_create_sql(target_relation, main_sql) }}
        {% endcall %}
        {% do adapter.cache_added(target_relation) %}
        {% do relations.append(target_relation) %}
        {% do adapter.commit() %}
        {%- set main_sql = 'select * from ' ~ target_relation -%}
    {%- endif -%}

    {#- The limit is in the statement by now; a project's own get_test_sql may require the argument. #}
    {% call statement('main', fetch_result=true) -%}
        {{ sql_header or '' }}
        {{ get_test_sql(main_sql, config.get('fail_calc'), config.get('warn_if'), config.get('error_if'), limit=none) }}
    {%- endcall %}
    {{ return({'relations': relations}) }}
{% endmaterialization %}

{% macro get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) -%}
    {{ adapter.dispatch('get_test_sql', 'dbt')(main_sql, fail_calc, warn_if, error_if, limit) }}
{%- endmacro %}

{% macro default__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) -%}
select
    {{ fail_calc }} as failures,
    {{ fail_calc }} {{ warn_if }} as should_warn,
    {{ fail_calc }} {{ error_if }} as should_error
from (
{{ main_sql }}
{{ 'limit ' ~ limit if limit is not none }}
) dbt_internal_test
{%- endmacro %}

{% macro get_where_subquery(relation) -%}
    {% do return(adapter.dispatch('get_where_subquery', 'dbt')(relation)) %}
{%- endmacro %}

{% macro default__get_where_subquery(relation) -%}
    {%- set where = config.get('where', '') -%}
    {%- if where -%}
        {% do return('(select * from ' ~ relation ~ ' where ' ~ where ~ ') dbt_subquery') %}
    {%- endif -%}
    {% do return(relation) %}
{%- endmacro %}
