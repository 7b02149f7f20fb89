with mart as (

    select month, sum(revenue_eur) as revenue_eur, sum(units_sold) as units_sold
    from {{ ref('mart_product_performance') }}
    where {{ in_tested_months('month') }}
    group by month

),

lines as (

    select {{ common.month_of('order_date') }} as month, sum(net_amount_eur) as revenue_eur, sum(quantity) as units_sold
    from {{ ref('fct_order_lines') }}
    where {{ in_tested_months('_partition') }}
    group by {{ common.month_of('order_date') }}

)

select coalesce(mart.month, lines.month) as month
from mart
full outer join lines on mart.month = lines.month
where
    coalesce(mart.revenue_eur, 0) <> coalesce(lines.revenue_eur, 0)
    or coalesce(mart.units_sold, 0) <> coalesce(lines.units_sold, 0)
