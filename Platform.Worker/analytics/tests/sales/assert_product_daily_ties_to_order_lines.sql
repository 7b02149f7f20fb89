with mart as (

    select sales_date, sum(revenue_eur) as revenue_eur, sum(units_sold) as units_sold
    from {{ ref('mart_product_daily') }}
    where {{ in_tested_window('sales_date') }}
    group by sales_date

),

lines as (

    select order_date, sum(net_amount_eur) as revenue_eur, sum(quantity) as units_sold
    from {{ ref('fct_order_lines') }}
    where {{ in_tested_window('_partition') }}
    group by order_date

)

select coalesce(mart.sales_date, lines.order_date) as sales_date
from mart
full outer join lines on mart.sales_date = lines.order_date
where
    coalesce(mart.revenue_eur, 0) <> coalesce(lines.revenue_eur, 0)
    or coalesce(mart.units_sold, 0) <> coalesce(lines.units_sold, 0)
