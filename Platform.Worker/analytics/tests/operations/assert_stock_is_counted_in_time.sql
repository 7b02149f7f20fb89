-- Between two counts of a product in a warehouse there are at most as many days as the position mart looks back.
with counts as (

    select
        product_id,
        warehouse,
        movement_date,
        lag(movement_date) over (partition by product_id, warehouse order by movement_date) as previous_date
    from {{ ref('fct_inventory_movements') }}
    where movement_type = 'count'

),

gaps as (

    select product_id, warehouse, previous_date, movement_date
    from counts
    where movement_date - previous_date > {{ var('stock_count_days') }}

),

days as (

    select distinct _partition as movement_date from {{ ref('fct_inventory_movements') }}

)

-- A gap is a fault only where the days of it are loaded.
select gaps.product_id, gaps.warehouse, gaps.previous_date, gaps.movement_date
from gaps
inner join days on days.movement_date > gaps.previous_date and days.movement_date <= gaps.movement_date
group by gaps.product_id, gaps.warehouse, gaps.previous_date, gaps.movement_date
having count(*) = gaps.movement_date - gaps.previous_date
