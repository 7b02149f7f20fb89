{{
    config(
        materialized='incremental',
        incremental_strategy='replace_window',
        incremental_predicates=[in_build_months('budget_month')],
        indexes=[{'columns': ['budget_month']}]
    )
}}

-- The month's budget as of its newest loaded day: each day's file repeats the whole month.
with newest_day as (

    select budget_month, max(_partition) as newest_partition
    from {{ ref('stg_finance__budgets') }}
    {% if is_incremental() %}
    where {{ in_build_months('budget_month') }}
    {% endif %}
    group by budget_month

)

select
    budgets.budget_month,
    budgets.account_code,
    budgets.amount,
    budgets._partition,
    budgets._line
from {{ ref('stg_finance__budgets') }} as budgets
inner join newest_day
    on budgets.budget_month = newest_day.budget_month
    and budgets._partition = newest_day.newest_partition
