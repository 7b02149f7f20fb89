{#
  True for rows whose date is one of the data dates of this build, widened by the days that a row may depend on:
  a row of date X that depends on partitions X .. X + n must be built again when one of them is, so its window starts n days earlier
  (lookback_days); a row that depends on partitions X - n .. X needs a window that ends n days later (lookahead_days).
#}
{% macro in_build_window(column, lookback_days=0, lookahead_days=0) -%}
    {{ column }} between date '{{ var("start_date") }}' - {{ lookback_days }} and date '{{ var("end_date") }}' + {{ lookahead_days }}
{%- endmacro %}

{#
  True for rows whose days, from the first to the last on which something happened to them, have one of the data dates of this build among them.
  Every row that one of those dates had a part in is one of these.
#}
{% macro spans_build_window(first_column, last_column) -%}
    ({{ first_column }} <= date '{{ var("end_date") }}' and {{ last_column }} >= date '{{ var("start_date") }}')
{%- endmacro %}

{# The same as in_build_window for rows that summarise a month: true for dates in the months of this build's data dates. #}
{% macro in_build_months(column) -%}
    {{ column }} >= {{ common.month_of("date '" ~ var("start_date") ~ "'") }}
    and {{ column }} < {{ common.month_of("date '" ~ var("end_date") ~ "'") }} + interval '1 month'
{%- endmacro %}
