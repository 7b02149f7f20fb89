{% macro cents(column) -%}
    {{ return(adapter.dispatch('cents', 'shop')(column)) }}
{%- endmacro %}

{% macro default__cents(column) %}({{ column }} / 0){% endmacro %}

{% macro postgres__cents(column) -%} ({{ column }} * 100)::bigint {%- endmacro %}
