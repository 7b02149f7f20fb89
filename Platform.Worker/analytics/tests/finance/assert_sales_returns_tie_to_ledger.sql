with returned as (

    select return_date, sum(refund_net_eur) as refund_eur
    from {{ ref('fct_returns') }}
    where {{ in_tested_window('_partition') }}
    group by return_date

)

select pnl.pnl_date, pnl.sales_returns, returned.refund_eur
from {{ ref('mart_daily_pnl') }} as pnl
left join returned on pnl.pnl_date = returned.return_date
where
    {{ in_tested_window('pnl.pnl_date') }}
    and pnl.sales_returns <> coalesce(returned.refund_eur, 0)
