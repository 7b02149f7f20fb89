{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='position_date',
        indexes=[{'columns': ['position_date']}]
    )
}}

{%- set reach = var('stock_count_days') %}

-- Stock at the end of each loaded day. Everything is counted every {{ reach }} days, so the last movement of those days says what is there;
-- where the history begins later than that, the next movement says what was there before it. A position thus depends on so many days on
-- either side, and a changed day builds that many days on either side again.
with movements as (

    select *
    from {{ ref('fct_inventory_movements') }}
    {% if is_incremental() %}
    where {{ in_build_window('_partition', lookback_days=2 * reach, lookahead_days=2 * reach) }}
    {% endif %}

),

closings as (

    select
        product_id,
        warehouse,
        on_hand_after as on_hand,
        unit_cost,
        movement_date as known_from,
        movement_date as valid_from,
        least(
            movement_date + {{ reach }},
            lead(movement_date) over (partition by product_id, warehouse order by movement_date)
        ) as valid_until
    from movements
    where is_last_of_day

),

openings as (

    select
        product_id,
        warehouse,
        on_hand_after - quantity as on_hand,
        unit_cost,
        movement_date as known_from,
        greatest(
            movement_date - {{ reach }},
            lag(movement_date) over (partition by product_id, warehouse order by movement_date) + {{ reach }}
        ) as valid_from,
        movement_date as valid_until
    from movements
    where sequence_in_day = 1

),

balances as (

    select * from closings
    union all
    select * from openings

),

days as (

    select partition_date as position_date
    from {{ ref('fct_partition_loads') }}
    where
        domain = 'operations'
        and dataset = 'inventory_movements'
        {% if is_incremental() %}
        and {{ in_build_window('partition_date', lookback_days=reach, lookahead_days=reach) }}
        {% endif %}

)

select
    days.position_date,
    balances.product_id,
    balances.warehouse,
    balances.on_hand,
    balances.unit_cost,
    balances.on_hand * balances.unit_cost as inventory_value_eur,
    balances.known_from as known_from_date
from days
inner join balances
    on days.position_date >= balances.valid_from
    and days.position_date < balances.valid_until
