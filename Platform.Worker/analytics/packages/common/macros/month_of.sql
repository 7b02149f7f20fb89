{# The first day of a date's month; by way of timestamp, since date_trunc of a date would depend on the session's time zone. #}
{% macro month_of(date_expression) -%}
    cast(date_trunc('month', cast({{ date_expression }} as timestamp)) as date)
{%- endmacro %}
