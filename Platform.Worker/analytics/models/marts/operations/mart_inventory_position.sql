{%- set reach = var('stock_count_days') %}
{%- set start = "date '" ~ var('start_date') ~ "'" %}
{%- set end = "date '" ~ var('end_date') ~ "'" %}

{{
    config(
        materialized='incremental',
        incremental_strategy='replace_window',
        incremental_predicates=[
            in_build_window('position_date', lookahead_days=var('stock_count_days'))
                ~ ' or ' ~ in_build_window('position_date', lookback_days=var('stock_count_days')) ~ ' and known_from_date >= ' ~ start
        ],
        indexes=[{'columns': ['position_date', 'product_id', 'warehouse']}]
    )
}}

-- Stock at the end of each loaded day. Everything is counted every {{ reach }} days, so the last movement of those days says what is there;
-- where the history begins later than that, the next movement says what was there before it. Neither says anything across a day that is
-- not loaded: days without a gap between them form a stretch, numbered by date less rank.
-- A build goes on from the positions on the eve of its first day. It makes its own days, as many after them as a movement is good for, and of as
-- many before them the positions that were not known before and that a movement from its first day on tells of.
with days as (

    select
        partition_date as position_date,
        partition_date - cast(row_number() over (order by partition_date) as integer) as stretch
    from {{ ref('fct_partition_loads') }}
    where
        domain = 'operations'
        and dataset = 'inventory_movements'
        {% if is_incremental() %}
        and {{ in_build_window('partition_date', lookback_days=reach, lookahead_days=2 * reach) }}
        {% endif %}

),

movements as (

    select
        movements.product_id,
        movements.warehouse,
        days.stretch,
        movements.movement_date,
        movements.quantity,
        movements.on_hand_after,
        movements.unit_cost,
        movements.sequence_in_day = 1 as is_first_of_day,
        movements.is_last_of_day
    from {{ ref('fct_inventory_movements') }} as movements
    inner join days on movements.movement_date = days.position_date
    {% if is_incremental() %}
    where {{ in_build_window('movements._partition', lookahead_days=2 * reach) }}

    union all

    -- What was there on the eve, as the movement that it is known from.
    select
        eve.product_id,
        eve.warehouse,
        days.stretch,
        eve.known_from_date,
        0,
        eve.on_hand,
        eve.unit_cost,
        false,
        true
    from {{ this }} as eve
    inner join days on eve.position_date = days.position_date
    where
        eve.position_date = {{ start }} - 1
        and eve.known_from_date < {{ start }}
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
        on_hand_before as on_hand,
        unit_cost,
        movement_date as known_from,
        greatest(movement_date - {{ reach }}, previous_date + {{ reach }}) as valid_from,
        movement_date as valid_until
    from (
        select
            *,
            on_hand_after - quantity as on_hand_before,
            lag(movement_date) over (partition by product_id, warehouse, stretch order by movement_date) as previous_date
        from movements
        where is_first_of_day {{ 'or movement_date < ' ~ start if is_incremental() }}
    ) as firsts
    {% if is_incremental() %}
    where movement_date >= {{ start }}
    {% endif %}

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
where
    {{ in_build_window('days.position_date', lookahead_days=reach) }}
    or (
        days.position_date < {{ start }}
        and balances.known_from >= {{ start }}
        and not exists (
            select from {{ this }} as known
            where
                known.position_date = days.position_date
                and known.product_id = balances.product_id
                and known.warehouse = balances.warehouse
                and known.known_from_date < {{ start }}
        )
    )
{% endif %}
