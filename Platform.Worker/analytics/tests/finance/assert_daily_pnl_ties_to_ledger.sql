-- The result is all that was booked on revenue and expense accounts: an account without a line in the statement would show here.
with ledger as (

    select ledger_date, sum(credit - debit) as result
    from {{ ref('mart_ledger_daily') }}
    where
        {{ in_tested_window('ledger_date') }}
        and account_type in ('revenue', 'expense')
    group by ledger_date

)

select pnl.pnl_date, pnl.net_result, ledger.result
from {{ ref('mart_daily_pnl') }} as pnl
left join ledger on pnl.pnl_date = ledger.ledger_date
where
    {{ in_tested_window('pnl.pnl_date') }}
    and pnl.net_result <> coalesce(ledger.result, 0)
