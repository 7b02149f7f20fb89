{{
    config(
        materialized='incremental',
        incremental_strategy='replace_window',
        incremental_predicates=[in_build_window('position_date', lookback_days=var('stock_count_days'), lookahead_days=var('stock_count_days'))],
        indexes=[{'columns': ['position_date']}]
    )
}}

{%- set reach = var('stock_count_days') %}

-- Stock at the end of each loaded day. Everything is counted every {{ reach }} days, so the last movement of those days says what is there;
-- where the history begins later than that, the next movement says what was there before it. Neither says anything across a day that is
-- not loaded: days without a gap between them form a stretch, numbered by date less rank. A position thus depends on so many days on
-- either side, and a changed day builds that many days on either side again.
with days as (

    select
        partition_date as position_date,
        partition_date - cast(row_number() over (order by partition_date) as integer) as stretch
    from {{ ref('fct_partition_loads') }}
    where
        domain = 'operations'
        and dataset = 'inventory_movements'
        {% if is_incremental() %}
        and {{ in_build_window('partition_date', lookback_days=2 * reach, lookahead_days=2 * reach) }}
        {% endif %}

),

movements as (

    select movements.*, days.stretch
    from {{ ref('fct_inventory_movements') }} as movements
    inner join days on movements.movement_date = days.position_date
    {% if is_incremental() %}
    where {{ in_build_window('movements._partition', lookback_days=2 * reach, lookahead_days=2 * reach) }}
    {% endif %}

),

closings as (

    select
        product_id,
        warehouse,
        stretch,
        on_hand_after as on_hand,
        unit_cost,
        movement_date as known_from,
        movement_date as valid_from,
        least(
            movement_date + {{ reach }},
            lead(movement_date) over (partition by product_id, warehouse, stretch order by movement_date)
        ) as valid_until
    from movements
    where is_last_of_day

),

openings as (

    select
        product_id,
        warehouse,
        stretch,
        on_hand_after - quantity as on_hand,
        unit_cost,
        movement_date as known_from,
        greatest(
            movement_date - {{ reach }},
            lag(movement_date) over (partition by product_id, warehouse, stretch order by movement_date) + {{ reach }}
        ) as valid_from,
        movement_date as valid_until
    from movements
    where sequence_in_day = 1

),

balances as (

    select * from closings
    union all
    select * from openings

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
    on days.stretch = balances.stretch
    and days.position_date >= balances.valid_from
    and days.position_date < balances.valid_until
{% if is_incremental() %}
where {{ in_build_window('days.position_date', lookback_days=reach, lookahead_days=reach) }}
{% endif %}
