{% macro get_create_table_as_sql(temporary, relation, sql) -%}
    {{ adapter.dispatch('get_create_table_as_sql', 'dbt')(temporary, relation, sql) }}
{%- endmacro %}

{% macro default__get_create_table_as_sql(temporary, relation, sql) -%}
    {{ return(create_table_as(temporary, relation, sql)) }}
{%- endmacro %}

{% macro create_table_as(temporary, relation, compiled_code, language='sql') -%}
    {%- if language == 'sql' -%}
        {{ adapter.dispatch('create_table_as', 'dbt')(temporary, relation, compiled_code) }}
    {%- else -%}
        {{ adapter.dispatch('create_table_as', 'dbt')(temporary, relation, compiled_code, language) }}
    {%- endif -%}
{%- endmacro %}

{% macro default__create_table_as(temporary, relation, sql) -%}
    {%- set enforced = config.get('contract').enforced and not temporary -%}
    {{ config.get('sql_header') or '' }}
create {{ 'temporary ' if temporary }}table {{ relation.include(database=(not temporary), schema=(not temporary)) }}
    {% if enforced %}
    {{ get_assert_columns_equivalent(sql) }}
    {{ get_table_columns_and_constraints() }}
    {%- set sql = get_select_subquery(sql) -%}
    {% endif -%}
as (
{{ sql }}
);
{%- endmacro %}

{# CREATE TABLE AS takes no constraints, so a table with a contract is declared first and filled then. #}
{% macro postgres__create_table_as(temporary, relation, sql) -%}
    {%- set kind = 'temporary ' if temporary else 'unlogged ' if config.get('unlogged', default=false) else '' -%}
    {%- set enforced = config.get('contract').enforced -%}
    {{ config.get('sql_header') or '' }}
    {%- if enforced %}{{ get_assert_columns_equivalent(sql) }}{% endif %}
create {{ kind }}table {{ relation }}
    {%- if enforced and not temporary %}
    {{ get_table_columns_and_constraints() }};
insert into {{ relation }} ({{ adapter.dispatch('get_column_names', 'dbt')() }})
(
{{ get_select_subquery(sql) }}
);
    {%- else %}
as (
{{ sql }}
);
    {%- endif -%}
{%- endmacro %}

{% macro drop_table(relation) -%}
    {{ adapter.dispatch('drop_table', 'dbt')(relation) }}
{%- endmacro %}

{% macro default__drop_table(relation) -%}
    drop table if exists {{ relation.render() }} cascade
{%- endmacro %}

{% macro postgres__drop_table(relation) -%}
    drop table if exists {{ relation }} cascade
{%- endmacro %}

{% macro get_rename_table_sql(relation, new_name) -%}
    {{ adapter.dispatch('get_rename_table_sql', 'dbt')(relation, new_name) }}
{%- endmacro %}

{% macro default__get_rename_table_sql(relation, new_name) -%}
    {% do exceptions.raise_compiler_error('`get_rename_table_sql` has not been implemented for this adapter.') %}
{%- endmacro %}

{% macro postgres__get_rename_table_sql(relation, new_name) -%}
    alter table {{ relation }} rename to {{ new_name }}
{%- endmacro %}

{% macro get_replace_table_sql(relation, sql) -%}
    {{ adapter.dispatch('get_replace_table_sql', 'dbt')(relation, sql) }}
{%- endmacro %}

{% macro default__get_replace_table_sql(relation, sql) -%}
    {% do exceptions.raise_compiler_error('`get_replace_table_sql` has not been implemented for this adapter.') %}
{%- endmacro %}

{% macro postgres__get_replace_table_sql(relation, sql) -%}
    {%- set enforced = config.get('contract').enforced -%}
    {{ config.get('sql_header') or '' }}
create or replace table {{ relation }}
    {% if enforced %}
    {{ get_assert_columns_equivalent(sql) }}
    {{ get_table_columns_and_constraints() }}
    {%- set sql = get_select_subquery(sql) -%}
    {% endif -%}
as (
{{ sql }}
);
{%- endmacro %}
