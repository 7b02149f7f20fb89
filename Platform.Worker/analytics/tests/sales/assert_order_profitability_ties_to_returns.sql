-- Refunds of loaded orders are all in the mart, on the day of the order.
with mart as (

    select order_date, sum(refund_eur) as refund_eur
    from {{ ref('mart_order_profitability') }}
    group by order_date

),

returned as (

    select order_date, sum(refund_net_eur) as refund_eur
    from {{ ref('fct_returns') }}
    group by order_date

)

select mart.order_date, mart.refund_eur, returned.refund_eur as returned_eur
from mart
left join returned on mart.order_date = returned.order_date
where mart.refund_eur <> coalesce(returned.refund_eur, 0)
