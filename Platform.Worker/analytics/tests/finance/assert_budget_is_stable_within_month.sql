-- Each day's file repeats the month's budget: two days of a month that differ mean that one of them is wrong.
select budget_month, account_code
from {{ ref('stg_finance__budgets') }}
where {{ in_tested_months('budget_month') }}
group by budget_month, account_code
having count(distinct amount) > 1
