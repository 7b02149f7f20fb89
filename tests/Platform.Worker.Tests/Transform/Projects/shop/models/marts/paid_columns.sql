{# The columns are read from the warehouse while the model is compiled. #}
{% set columns = adapter.get_columns_in_relation(ref('stg_orders')) %}
{% set days = run_query('select distinct ordered_on from ' ~ ref('stg_orders') ~ ' order by 1').columns[0].values() if execute else [] %}
select
    {% for column in columns if column.name != 'paid' -%}
    {{ column.quoted }},
    {% endfor -%}
    '{{ days | join(",") }}' as days,
    {{ calendar.year_of('ordered_on') }} as year
from {{ ref('stg_orders') }}
where paid
