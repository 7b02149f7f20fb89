-- What leaves for an order is what was ordered.
with shipped as (

    select order_id, sum(units) as units
    from {{ ref('fct_shipments') }}
    group by order_id

)

select orders.order_id, orders.units, shipped.units as shipped_units
from {{ ref('fct_orders') }} as orders
inner join shipped on orders.order_id = shipped.order_id
where orders.units <> shipped.units
