-- Each day's file repeats the budget of its month: another month, or two days that differ, mean that one of them is wrong.
select budget_month, account_code
from {{ ref('stg_finance__budgets') }}
where {{ in_tested_months('_partition') }}
group by budget_month, account_code
having
    count(distinct amount) > 1
    or bool_or(budget_month <> {{ common.month_of('_partition') }})
