{# An amount in the reporting currency at a booked rate (EUR per unit). round() on numeric rounds half away from zero, as booked. #}
{% macro to_eur(amount, fx_rate) -%}
    round({{ amount }} * {{ fx_rate }}, 2)
{%- endmacro %}
