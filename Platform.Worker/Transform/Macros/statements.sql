{% macro statement(name=none, fetch_result=false, auto_begin=true, language='sql') -%}
    {%- if execute -%}
        {%- set code = caller() -%}
        {%- if language != 'sql' -%}
            {% do exceptions.raise_compiler_error("statement() runs SQL; there is no way to run '" ~ language ~ "' in PostgreSQL.") %}
        {%- endif -%}
        {%- if name == 'main' -%}{%- do write(code) -%}{%- endif -%}
        {%- set response, table = adapter.execute(code, auto_begin=auto_begin, fetch=fetch_result) -%}
        {%- if name is not none -%}
            {%- do store_result(name, response=response, agate_table=table) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{% macro noop_statement(name=none, message=none, code=none, rows_affected=none, res=none) -%}
    {%- set sql = caller() -%}
    {%- if name == 'main' -%}{%- do write(sql) -%}{%- endif -%}
    {%- if name is not none -%}
        {%- do store_raw_result(name, message=message, code=code, rows_affected=rows_affected, agate_table=res) -%}
    {%- endif -%}
{%- endmacro %}

{% macro run_query(sql) %}
    {% call statement('run_query_statement', fetch_result=true, auto_begin=false) %}
        {{ sql }}
    {% endcall %}
    {% do return(load_result('run_query_statement').table) %}
{% endmacro %}

{% macro validate_sql(sql) -%}
    {{ return(adapter.dispatch('validate_sql', 'dbt')(sql)) }}
{%- endmacro %}

{% macro default__validate_sql(sql) %}
    {% call statement('validate_sql') -%}
        explain {{ sql }}
    {%- endcall %}
    {% do return(load_result('validate_sql')) %}
{% endmacro %}

{% macro get_show_sql(compiled_code, sql_header, limit) -%}
    {% if sql_header is not none %}{{ sql_header }}{% endif %}
    {{ get_limit_subquery_sql(compiled_code, limit) }}
{%- endmacro %}

{% macro get_limit_subquery_sql(sql, limit) -%}
    {{ adapter.dispatch('get_limit_sql', 'dbt')(sql, limit) }}
{%- endmacro %}

{% macro default__get_limit_sql(sql, limit) -%}
    {{ sql }}
    {{ 'limit ' ~ limit if limit is not none }}
{%- endmacro %}
