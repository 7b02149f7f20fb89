-- Cost of goods: the lines sold that day less the goods that came back that day.
with sold as (

    select order_date, sum(cost_amount_eur) as cost_eur
    from {{ ref('fct_order_lines') }}
    where {{ in_tested_window('_partition') }}
    group by order_date

),

returned as (

    select return_date, sum(cost_amount_eur) as cost_eur
    from {{ ref('fct_returns') }}
    where {{ in_tested_window('_partition') }}
    group by return_date

)

select pnl.pnl_date, pnl.cost_of_goods, sold.cost_eur as sold_eur, returned.cost_eur as returned_eur
from {{ ref('mart_daily_pnl') }} as pnl
left join sold on pnl.pnl_date = sold.order_date
left join returned on pnl.pnl_date = returned.return_date
where
    {{ in_tested_window('pnl.pnl_date') }}
    and pnl.cost_of_goods <> coalesce(sold.cost_eur, 0) - coalesce(returned.cost_eur, 0)
