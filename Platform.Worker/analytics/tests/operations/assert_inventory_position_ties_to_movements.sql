-- From one loaded day to the next, a position changes by the movements of that day.
with moved as (

    select movement_date, product_id, warehouse, sum(quantity) as quantity
    from {{ ref('fct_inventory_movements') }}
    group by movement_date, product_id, warehouse

)

select today.position_date, today.product_id, today.warehouse
from {{ ref('mart_inventory_position') }} as today
inner join {{ ref('mart_inventory_position') }} as yesterday
    on today.position_date = yesterday.position_date + 1
    and today.product_id = yesterday.product_id
    and today.warehouse = yesterday.warehouse
left join moved
    on today.position_date = moved.movement_date
    and today.product_id = moved.product_id
    and today.warehouse = moved.warehouse
where today.on_hand <> yesterday.on_hand + coalesce(moved.quantity, 0)
