-- From one loaded day to the next, a position changes by the movements of that day.
with today as (

    select position_date, product_id, warehouse, on_hand
    from {{ ref('mart_inventory_position') }}
    where {{ built_rows('mart_inventory_position') }}

),

moved as (

    select movement_date, product_id, warehouse, sum(quantity) as quantity
    from {{ ref('fct_inventory_movements') }}
    where
        {{ in_tested_window('_partition', lookback_days=var('stock_count_days'), lookahead_days=var('stock_count_days')) }}
        and movement_date in (select position_date from today)
    group by movement_date, product_id, warehouse

)

select today.position_date, today.product_id, today.warehouse
from today
-- Each looked up by its index (offset 0).
cross join lateral (
    select on_hand
    from {{ ref('mart_inventory_position') }} as positions
    where
        positions.position_date = today.position_date - 1
        and positions.product_id = today.product_id
        and positions.warehouse = today.warehouse
    offset 0
) as yesterday
left join moved
    on today.position_date = moved.movement_date
    and today.product_id = moved.product_id
    and today.warehouse = moved.warehouse
where today.on_hand <> yesterday.on_hand + coalesce(moved.quantity, 0)
