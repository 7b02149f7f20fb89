-- Between two counts of a product in a warehouse there are at most as many days as the position mart looks back.
{%- set reach = var('stock_count_days') %}

with counts as (

    select product_id, warehouse, movement_date
    from {{ ref('fct_inventory_movements') }}
    where
        {{ in_tested_window('_partition', lookahead_days=reach + 1) }}
        and movement_type = 'count'

),

days as (

    select partition_date
    from {{ ref('fct_partition_loads') }}
    where domain = 'operations' and dataset = 'inventory_movements'

),

-- Each looked up by its index (limit 1).
late as (

    select counts.*
    from counts
    left join lateral (
        select true as is_in_time
        from {{ ref('fct_inventory_movements') }} as movements
        where
            movements.product_id = counts.product_id
            and movements.warehouse = counts.warehouse
            and movements.movement_date >= counts.movement_date - {{ reach }}
            and movements.movement_date < counts.movement_date
            and movements.movement_type = 'count'
        limit 1
    ) as previous on true
    where previous.is_in_time is null

),

gaps as (

    select late.product_id, late.warehouse, previous.movement_date as previous_date, late.movement_date
    from late
    cross join lateral (
        select max(movements.movement_date) as movement_date
        from {{ ref('fct_inventory_movements') }} as movements
        where
            movements.product_id = late.product_id
            and movements.warehouse = late.warehouse
            and movements.movement_date < late.movement_date
            and movements.movement_type = 'count'
    ) as previous

)

-- A gap is a fault only where the days of it are loaded.
select gaps.product_id, gaps.warehouse, gaps.previous_date, gaps.movement_date
from gaps
inner join days on days.partition_date > gaps.previous_date and days.partition_date <= gaps.movement_date
group by gaps.product_id, gaps.warehouse, gaps.previous_date, gaps.movement_date
having count(*) = gaps.movement_date - gaps.previous_date
