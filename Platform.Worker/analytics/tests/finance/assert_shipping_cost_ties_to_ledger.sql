-- Freight is booked on the day of dispatch. Days whose own partition is missing are left out: of them only later deliveries are known.
with shipped as (

    select shipped_date, sum(shipping_cost) as shipping_cost
    from {{ ref('fct_shipments') }}
    group by shipped_date

)

select pnl.pnl_date, pnl.fulfilment, shipped.shipping_cost
from {{ ref('mart_daily_pnl') }} as pnl
left join shipped on pnl.pnl_date = shipped.shipped_date
where pnl.fulfilment <> coalesce(shipped.shipping_cost, 0)
