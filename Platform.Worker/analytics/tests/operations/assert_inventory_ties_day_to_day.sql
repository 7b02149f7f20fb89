-- What was there, plus what moved, is what is there: from each movement to the next of the same product and warehouse, on the same day and from
-- the position of the day before, where it is known.
with movements as (

    select
        movement_id,
        movement_date,
        product_id,
        warehouse,
        quantity,
        on_hand_after,
        lag(on_hand_after) over (partition by movement_date, product_id, warehouse order by sequence_in_day) as on_hand_before
    from {{ ref('fct_inventory_movements') }}
    where {{ in_tested_window('_partition', lookahead_days=1) }}

),

positions as (

    select position_date, product_id, warehouse, on_hand
    from {{ ref('mart_inventory_position') }}
    where {{ in_tested_window('position_date', lookback_days=1) }}

)

select movements.movement_id, movements.on_hand_before, positions.on_hand as on_hand_yesterday, movements.quantity, movements.on_hand_after
from movements
left join positions
    on movements.movement_date = positions.position_date + 1
    and movements.product_id = positions.product_id
    and movements.warehouse = positions.warehouse
where coalesce(movements.on_hand_before, positions.on_hand) + movements.quantity <> movements.on_hand_after
