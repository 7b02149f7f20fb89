-- What was there, plus what moved, is what is there: from each movement to the next of the same product and warehouse, across days
-- too wherever all days between are loaded. Consecutive days have the same date less their rank: that names the stretch they are in.
with days as (

    select
        _partition as movement_date,
        _partition - cast(row_number() over (order by _partition) as integer) as stretch
    from (select distinct _partition from {{ ref('fct_inventory_movements') }}) as loaded

),

movements as (

    select
        movements.movement_id,
        movements.quantity,
        movements.on_hand_after,
        lag(movements.on_hand_after) over (
            partition by days.stretch, movements.product_id, movements.warehouse
            order by movements.movement_date, movements.sequence_in_day
        ) as on_hand_before
    from {{ ref('fct_inventory_movements') }} as movements
    inner join days on movements.movement_date = days.movement_date

)

select *
from movements
where on_hand_before + quantity <> on_hand_after
