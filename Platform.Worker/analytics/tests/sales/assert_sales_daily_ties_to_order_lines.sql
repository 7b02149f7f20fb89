with mart as (

    select
        order_date,
        sum(revenue_eur) as revenue_eur,
        sum(units_sold) as units_sold,
        sum(order_count) as order_count
    from {{ ref('mart_sales_daily') }}
    where {{ in_tested_window('order_date') }}
    group by order_date

),

lines as (

    select
        order_date,
        sum(net_amount_eur) as revenue_eur,
        sum(quantity) as units_sold,
        count(distinct order_id) as order_count
    from {{ ref('fct_order_lines') }}
    where {{ in_tested_window('_partition') }}
    group by order_date

)

select coalesce(mart.order_date, lines.order_date) as order_date
from mart
full outer join lines on mart.order_date = lines.order_date
where
    mart.revenue_eur is distinct from lines.revenue_eur
    or mart.units_sold is distinct from lines.units_sold
    or mart.order_count is distinct from lines.order_count
