{{
    config(
        materialized='incremental',
        incremental_strategy='replace_window',
        incremental_predicates=[in_build_months('budget_month')],
        indexes=[{'columns': ['budget_month']}]
    )
}}

-- Actual against budget by month and account; a month's rows depend on the days of that month only. The budget is also given for the days that
-- are loaded, so that a month under way compares like with like: day by day, or when the account is booked (payroll at the month's end, rent at
-- its start, marketing on Mondays).
with budgets as (

    select budget_month, account_code, amount as budget_amount
    from {{ ref('fct_budgets') }}
    {% if is_incremental() %}
    where {{ in_build_months('budget_month') }}
    {% endif %}

),

actuals as (

    select
        {{ common.month_of('ledger_date') }} as budget_month,
        account_code,
        sum(amount) as actual_amount
    from {{ ref('mart_ledger_daily') }}
    {% if is_incremental() %}
    where {{ in_build_months('ledger_date') }}
    {% endif %}
    group by {{ common.month_of('ledger_date') }}, account_code

),

elapsed as (

    select
        days.date_month as budget_month,
        count(*) as days_in_month,
        count(loads.partition_date) as days_loaded,
        count(*) filter (where days.iso_day_of_week = 1) as mondays_in_month,
        count(loads.partition_date) filter (where days.iso_day_of_week = 1) as mondays_loaded,
        count(loads.partition_date) filter (where days.date_day = days.date_month) as first_days_loaded,
        count(loads.partition_date) filter (where days.is_month_end) as last_days_loaded
    from {{ ref('dim_date') }} as days
    left join {{ ref('fct_partition_loads') }} as loads
        on days.date_day = loads.partition_date
        and loads.domain = 'finance'
        and loads.dataset = 'journal_lines'
    {% if is_incremental() %}
    where {{ in_build_months('days.date_month') }}
    {% endif %}
    group by days.date_month

),

prorated as (

    select
        budgets.budget_month,
        budgets.account_code,
        accounts.account_name,
        accounts.account_type,
        accounts.statement_line,
        accounts.natural_sign,
        elapsed.days_loaded,
        budgets.budget_amount,
        case accounts.budget_phasing
            when 'month_start' then budgets.budget_amount * elapsed.first_days_loaded
            when 'month_end' then budgets.budget_amount * elapsed.last_days_loaded
            when 'weekly' then round(budgets.budget_amount * elapsed.mondays_loaded / elapsed.mondays_in_month, 2)
            else round(budgets.budget_amount * elapsed.days_loaded / elapsed.days_in_month, 2)
        end as budget_to_date,
        coalesce(actuals.actual_amount, 0) as actual_amount
    from budgets
    inner join elapsed on budgets.budget_month = elapsed.budget_month
    inner join {{ ref('dim_account') }} as accounts on budgets.account_code = accounts.account_code
    left join actuals
        on budgets.budget_month = actuals.budget_month
        and budgets.account_code = actuals.account_code

)

select
    budget_month,
    account_code,
    account_name,
    account_type,
    statement_line,
    days_loaded,
    budget_amount,
    budget_to_date,
    actual_amount,
    actual_amount - budget_to_date as variance,
    -- Positive is good for the result: more income or less expense than planned.
    (actual_amount - budget_to_date) * -natural_sign as result_effect
from prorated
