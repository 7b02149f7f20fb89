-- The revenue that sales report is the revenue that finance booked, day by day.
with sales as (

    select order_date, sum(revenue_eur) as revenue_eur
    from {{ ref('mart_sales_daily') }}
    where {{ in_tested_window('order_date') }}
    group by order_date

),

pnl as (

    select pnl_date, revenue
    from {{ ref('mart_daily_pnl') }}
    where {{ in_tested_window('pnl_date') }}

)

select coalesce(sales.order_date, pnl.pnl_date) as revenue_date, sales.revenue_eur, pnl.revenue as ledger_revenue_eur
from sales
full outer join pnl on sales.order_date = pnl.pnl_date
where coalesce(sales.revenue_eur, 0) <> coalesce(pnl.revenue, 0)
