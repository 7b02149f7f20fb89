-- Every order has its line in the mart, with its own revenue, cost, dispatch and refunds.
with mart as (

    select
        order_date,
        count(*) as order_count,
        sum(revenue_eur) as revenue_eur,
        sum(cost_eur) as cost_eur
    from {{ ref('mart_order_profitability') }}
    group by order_date

),

orders as (

    select
        order_date,
        count(*) as order_count,
        sum(net_amount_eur) as revenue_eur,
        sum(cost_amount_eur) as cost_eur
    from {{ ref('fct_orders') }}
    group by order_date

)

select coalesce(mart.order_date, orders.order_date) as order_date
from mart
full outer join orders on mart.order_date = orders.order_date
where
    mart.order_count is distinct from orders.order_count
    or mart.revenue_eur is distinct from orders.revenue_eur
    or mart.cost_eur is distinct from orders.cost_eur
