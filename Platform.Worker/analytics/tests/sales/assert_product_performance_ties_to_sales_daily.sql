-- A month's sales are the same by product as by region and channel.
with products as (

    select month, sum(revenue_eur) as revenue_eur, sum(units_sold) as units_sold
    from {{ ref('mart_product_performance') }}
    where {{ in_tested_months('month') }}
    group by month

),

days as (

    select {{ common.month_of('order_date') }} as month, sum(revenue_eur) as revenue_eur, sum(units_sold) as units_sold
    from {{ ref('mart_sales_daily') }}
    where {{ in_tested_months('order_date') }}
    group by {{ common.month_of('order_date') }}

)

select coalesce(products.month, days.month) as month
from products
full outer join days on products.month = days.month
where
    coalesce(products.revenue_eur, 0) <> coalesce(days.revenue_eur, 0)
    or coalesce(products.units_sold, 0) <> coalesce(days.units_sold, 0)
