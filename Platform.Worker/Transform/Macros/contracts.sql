{% macro get_table_columns_and_constraints() -%}
    {{ adapter.dispatch('get_table_columns_and_constraints', 'dbt')() }}
{%- endmacro %}

{% macro default__get_table_columns_and_constraints() -%}
    {{ return(table_columns_and_constraints()) }}
{%- endmacro %}

{% macro table_columns_and_constraints() -%}
    {%- set columns = adapter.render_raw_columns_constraints(raw_columns=model['columns']) -%}
    {%- set constraints = adapter.render_raw_model_constraints(raw_constraints=model['constraints']) -%}
    (
    {{ (columns + constraints) | join(',\n    ') }}
    )
{%- endmacro %}

{% macro get_assert_columns_equivalent(sql) -%}
    {{ adapter.dispatch('get_assert_columns_equivalent', 'dbt')(sql) }}
{%- endmacro %}

{% macro default__get_assert_columns_equivalent(sql) -%}
    {{ return(assert_columns_equivalent(sql)) }}
{%- endmacro %}

{# The columns that a model's SQL gives are those its contract promises: same names, same types, in any order. #}
{% macro assert_columns_equivalent(sql) %}
    {%- if not model['columns'] -%}
        {% do exceptions.raise_contract_error([], []) %}
    {%- endif -%}
    {%- set given = format_columns(get_column_schema_from_query(sql, config.get('sql_header', none))) -%}
    {%- set promised = format_columns(get_column_schema_from_query(get_empty_schema_sql(model['columns']))) -%}
    {%- set by_name = {} -%}
    {%- for column in promised -%}{%- do by_name.update({column['name']: column['formatted']}) -%}{%- endfor -%}
    {%- for column in given if by_name.get(column['name']) != column['formatted'] or given | length != promised | length -%}
        {% do exceptions.raise_contract_error(promised, given) %}
    {%- endfor -%}
{% endmacro %}

{% macro format_columns(columns) %}
    {% set formatted = [] %}
    {% for column in columns %}{% do formatted.append(adapter.dispatch('format_column', 'dbt')(column)) %}{% endfor %}
    {% do return(formatted) %}
{% endmacro %}

{% macro default__format_column(column) %}
    {% do return({'name': column.name, 'data_type': column.dtype, 'formatted': column.column.lower() ~ ' ' ~ column.dtype}) %}
{% endmacro %}

{% macro default__get_column_names() -%}
    {%- for column in model['columns'].values() -%}
        {{ adapter.quote(column['name']) if column.get('quote') else column['name'] }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{% macro get_select_subquery(sql) %}
    {{ return(adapter.dispatch('get_select_subquery', 'dbt')(sql)) }}
{% endmacro %}

{% macro default__get_select_subquery(sql) -%}
select {{ adapter.dispatch('get_column_names', 'dbt')() }}
from (
{{ sql }}
) as model_subq
{%- endmacro %}
