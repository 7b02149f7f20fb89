-- What leaves for an order is what was ordered: for the orders of this build and those of its shipments, all of whose shipments count.
with orders as (

    select order_id
    from {{ ref('fct_shipments') }}
    where {{ built_rows('fct_shipments') }} or {{ in_tested_window('order_date') }}
    group by order_id

)

select orders.order_id, ordered.units, shipped.units as shipped_units
from orders
-- Each looked up by its index (offset 0).
cross join lateral (select * from {{ ref('fct_orders') }} as all_orders where all_orders.order_id = orders.order_id offset 0) as ordered
cross join lateral (
    select sum(shipments.units) as units
    from {{ ref('fct_shipments') }} as shipments
    where shipments.order_id = orders.order_id
) as shipped
where ordered.units <> shipped.units
