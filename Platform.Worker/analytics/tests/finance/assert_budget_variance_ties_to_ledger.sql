-- Actual amounts in the comparison are those of the ledger, for every account that has a budget.
with ledger as (

    select {{ common.month_of('ledger_date') }} as budget_month, account_code, sum(amount) as amount
    from {{ ref('mart_ledger_daily') }}
    where {{ in_tested_months('ledger_date') }}
    group by {{ common.month_of('ledger_date') }}, account_code

)

select variance.budget_month, variance.account_code, variance.actual_amount, ledger.amount
from {{ ref('mart_budget_variance') }} as variance
left join ledger
    on variance.budget_month = ledger.budget_month
    and variance.account_code = ledger.account_code
where
    {{ in_tested_months('variance.budget_month') }}
    and variance.actual_amount <> coalesce(ledger.amount, 0)
