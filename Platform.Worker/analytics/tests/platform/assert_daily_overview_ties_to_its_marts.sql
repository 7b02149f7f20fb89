with overview as (

    select
        overview_date,
        revenue_eur,
        ebitda_eur,
        tickets_opened
    from {{ ref('mart_daily_overview') }}
    where {{ in_tested_window('overview_date') }}

),

sales as (

    select order_date, sum(revenue_eur) as revenue_eur
    from {{ ref('mart_sales_daily') }}
    where {{ in_tested_window('order_date') }}
    group by order_date

),

support as (

    select ticket_date, sum(tickets_opened) as tickets_opened
    from {{ ref('mart_support_daily') }}
    where {{ in_tested_window('ticket_date') }}
    group by ticket_date

),

pnl as (

    select pnl_date, ebitda
    from {{ ref('mart_daily_pnl') }}
    where {{ in_tested_window('pnl_date') }}

)

select overview.overview_date
from overview
left join sales on overview.overview_date = sales.order_date
left join support on overview.overview_date = support.ticket_date
left join pnl on overview.overview_date = pnl.pnl_date
where
    overview.revenue_eur <> coalesce(sales.revenue_eur, 0)
    or overview.tickets_opened <> coalesce(support.tickets_opened, 0)
    or overview.ebitda_eur <> coalesce(pnl.ebitda, 0)
