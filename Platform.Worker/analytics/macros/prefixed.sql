{# Columns of a comma-separated list, each with the name of its table. #}
{% macro prefixed(table, columns) -%}
    {%- for column in columns.split(', ') -%}{{ table }}.{{ column }}{{ ', ' if not loop.last }}{%- endfor -%}
{%- endmacro %}
