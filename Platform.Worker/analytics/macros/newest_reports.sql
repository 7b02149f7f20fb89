{#
  The newest state of things that are reported once when they begin and once when they end, the second report saying all that the first says. A
  build makes those again that its days say something of, now or before. For models that replace the windows of begun and of _partition.

  reports: relation of the reports; recorded: the same as a table, or a query of one, of which the first report is asked by index: a staging model
  that is used twice is read whole; key: column of the thing; begun: column with the day of the first report; ended: column that only the second
  report has; reported: comma-separated columns.
#}
{% macro newest_reports(reports, recorded, key, begun, ended, reported) -%}
with reports as (

    select {{ reported }}
    from {{ reports }}
    {% if is_incremental() %}
    where {{ in_build_window('_partition') }}
    {% endif %}

),

states as (

    select {{ reported }}
    from reports
    {% if is_incremental() %}

    union all

    {% call known_again(key, '_partition', reported) %}
        select reports.{{ key }} from reports
        union
        select begun.{{ key }} from {{ this }} as begun where {{ in_build_window('begun.' ~ begun) }}
    {% endcall %}

    union all

    -- What was known before the state from one of this build's days, which may be there no more.
    select first_states.*
    from {{ this }} as later_states
    cross join lateral (
        select {{ reported }}
        from {{ recorded }} as recorded
        where recorded._partition = later_states.{{ begun }} and recorded.{{ key }} = later_states.{{ key }}
        offset 0
    ) as first_states
    where
        {{ in_build_window('later_states._partition') }}
        and not {{ in_build_window('later_states.' ~ begun) }}
    {% endif %}

)

select distinct on ({{ key }}) *
from states
order by {{ key }}, {{ ended }} nulls last, _partition desc
{%- endmacro %}
