{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='position_date',
        indexes=[{'columns': ['position_date']}]
    )
}}

{%- set reach = var('stock_count_days') - 1 %}

-- Stock at the end of each loaded day. Since everything is counted every {{ reach + 1 }} days, the last movement of those days says what is
-- there; so a position depends on that many days and a changed day builds that many days after it again.
with closings as (

    select
        product_id,
        warehouse,
        movement_date as valid_from,
        lead(movement_date) over (partition by product_id, warehouse order by movement_date) as next_movement_date,
        on_hand_after as on_hand,
        unit_cost
    from {{ ref('fct_inventory_movements') }}
    where
        is_last_of_day
        {% if is_incremental() %}
        and {{ in_build_window('_partition', lookback_days=reach, lookahead_days=reach) }}
        {% endif %}

),

days as (

    select partition_date as position_date
    from {{ ref('fct_partition_loads') }}
    where
        domain = 'operations'
        and dataset = 'inventory_movements'
        {% if is_incremental() %}
        and {{ in_build_window('partition_date', lookahead_days=reach) }}
        {% endif %}

)

select
    days.position_date,
    closings.product_id,
    closings.warehouse,
    closings.on_hand,
    closings.unit_cost,
    closings.on_hand * closings.unit_cost as inventory_value_eur,
    closings.valid_from as last_movement_date
from days
inner join closings
    on days.position_date between closings.valid_from and closings.valid_from + {{ reach }}
    and days.position_date < coalesce(closings.next_movement_date, days.position_date + 1)
