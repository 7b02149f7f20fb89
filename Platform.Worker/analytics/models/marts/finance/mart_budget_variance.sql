{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='budget_month'
    )
}}

-- Actual against budget by month and account. The budget is also given for the part of the month that is loaded, so that a month under way
-- compares like with like; a month's rows depend on the days of that month only.
with budgets as (

    select budget_month, account_code, amount as budget_amount
    from {{ ref('fct_budgets') }}
    {% if is_incremental() %}
    where {{ in_build_months('budget_month') }}
    {% endif %}

),

actuals as (

    select
        {{ month_of('ledger_date') }} as budget_month,
        account_code,
        sum(amount) as actual_amount
    from {{ ref('mart_ledger_daily') }}
    {% if is_incremental() %}
    where {{ in_build_months(month_of('ledger_date')) }}
    {% endif %}
    group by {{ month_of('ledger_date') }}, account_code

),

loaded as (

    select
        {{ month_of('partition_date') }} as budget_month,
        count(*) as days_loaded
    from {{ ref('fct_partition_loads') }}
    where
        domain = 'finance'
        and dataset = 'journal_lines'
        {% if is_incremental() %}
        and {{ in_build_months(month_of('partition_date')) }}
        {% endif %}
    group by {{ month_of('partition_date') }}

),

combined as (

    select
        budgets.budget_month,
        budgets.account_code,
        loaded.days_loaded,
        extract(day from budgets.budget_month + interval '1 month' - interval '1 day') as days_in_month,
        budgets.budget_amount,
        coalesce(actuals.actual_amount, 0) as actual_amount
    from budgets
    inner join loaded on budgets.budget_month = loaded.budget_month
    left join actuals
        on budgets.budget_month = actuals.budget_month
        and budgets.account_code = actuals.account_code

),

prorated as (

    select
        *,
        round(budget_amount * days_loaded / days_in_month, 2) as budget_to_date
    from combined

)

select
    prorated.budget_month,
    prorated.account_code,
    accounts.account_name,
    accounts.account_type,
    accounts.statement_line,
    cast(prorated.days_loaded as integer) as days_loaded,
    prorated.budget_amount,
    prorated.budget_to_date,
    prorated.actual_amount,
    prorated.actual_amount - prorated.budget_to_date as variance,
    -- Positive is good for the result: more income or less expense than planned.
    (prorated.actual_amount - prorated.budget_to_date)
    * -accounts.natural_sign as result_effect
from prorated
left join {{ ref('dim_account') }} as accounts on prorated.account_code = accounts.account_code
