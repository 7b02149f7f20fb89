{# A quotient, or null where there is nothing to divide by. #}
{% macro ratio(numerator, denominator) -%}
    round(({{ numerator }}) / nullif({{ denominator }}, 0), 6)
{%- endmacro %}
