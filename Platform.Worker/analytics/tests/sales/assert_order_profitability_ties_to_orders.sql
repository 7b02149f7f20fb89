-- Every order has its line in the mart, with its own revenue and cost: by day, for the days of the orders that this build made.
with days as (

    select distinct order_date
    from {{ ref('mart_order_profitability') }}
    where {{ built_rows('mart_order_profitability') }}
    union
    select order_date
    from {{ ref('fct_orders') }}
    where {{ built_rows('fct_orders') }}

)

select days.order_date
from days
-- Each day is looked up by its index (an aggregate stays a look-up).
cross join lateral (
    select count(*) as order_count, sum(mart.revenue_eur) as revenue_eur, sum(mart.cost_eur) as cost_eur
    from {{ ref('mart_order_profitability') }} as mart
    where mart.order_date = days.order_date
) as mart
cross join lateral (
    select count(*) as order_count, sum(orders.net_amount_eur) as revenue_eur, sum(orders.cost_amount_eur) as cost_eur
    from {{ ref('fct_orders') }} as orders
    where orders._partition = days.order_date
) as orders
where
    mart.order_count is distinct from orders.order_count
    or mart.revenue_eur is distinct from orders.revenue_eur
    or mart.cost_eur is distinct from orders.cost_eur
