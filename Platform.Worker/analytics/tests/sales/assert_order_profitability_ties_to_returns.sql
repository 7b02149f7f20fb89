-- Refunds of loaded orders are all in the mart, for the orders that this build made.
with orders as (

    select order_id, refund_eur
    from {{ ref('mart_order_profitability') }}
    where {{ built_rows('mart_order_profitability') }}

)

select orders.order_id, orders.refund_eur, returned.refund_eur as returned_eur
from orders
-- Each looked up by its index (an aggregate stays a look-up).
cross join lateral (
    select sum(returns.refund_net_eur) as refund_eur
    from {{ ref('fct_returns') }} as returns
    where returns.order_id = orders.order_id
) as returned
where orders.refund_eur <> coalesce(returned.refund_eur, 0)
