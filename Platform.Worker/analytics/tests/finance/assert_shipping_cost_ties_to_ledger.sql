-- Freight is booked on the day of dispatch. Days whose own partition is missing are left out: of them only later deliveries are known.
-- A build also says something of earlier dispatches: the days of these are added up again.
with days as (

    select distinct shipped_date
    from {{ ref('fct_shipments') }}
    where {{ built_rows('fct_shipments') }}
    union
    select pnl_date
    from {{ ref('mart_daily_pnl') }}
    where {{ built_rows('mart_daily_pnl') }}

)

select pnl.pnl_date, pnl.fulfilment, shipped.shipping_cost
from days
cross join lateral (select * from {{ ref('mart_daily_pnl') }} as all_days where all_days.pnl_date = days.shipped_date offset 0) as pnl
cross join lateral (
    select sum(shipments.shipping_cost) as shipping_cost
    from {{ ref('fct_shipments') }} as shipments
    where shipments.shipped_date = days.shipped_date
) as shipped
where pnl.fulfilment <> coalesce(shipped.shipping_cost, 0)
