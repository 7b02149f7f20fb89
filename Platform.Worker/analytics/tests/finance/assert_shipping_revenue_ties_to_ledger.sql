with fees as (

    select order_date, sum(shipping_fee_eur) as shipping_fee_eur
    from {{ ref('fct_orders') }}
    where {{ in_tested_window('_partition') }}
    group by order_date

)

select pnl.pnl_date, pnl.shipping_revenue, fees.shipping_fee_eur
from {{ ref('mart_daily_pnl') }} as pnl
left join fees on pnl.pnl_date = fees.order_date
where
    {{ in_tested_window('pnl.pnl_date') }}
    and pnl.shipping_revenue <> coalesce(fees.shipping_fee_eur, 0)
