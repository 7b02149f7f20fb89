{{
    config(
        materialized='incremental',
        incremental_strategy='replace_window',
        incremental_predicates=[in_build_months('budget_month')],
        indexes=[{'columns': ['budget_month']}]
    )
}}

-- The month's budget as of its newest loaded day: each day's file repeats the whole month, of which its day is one.
with repeated as (

    select *
    from {{ ref('stg_finance__budgets') }}
    {% if is_incremental() %}
    where
        {{ in_build_months('budget_month') }}
        and {{ in_build_months('_partition') }}
    {% endif %}

),

newest_day as (

    select budget_month, max(_partition) as newest_partition
    from repeated
    group by budget_month

)

select
    repeated.budget_month,
    repeated.account_code,
    repeated.amount,
    repeated._partition,
    repeated._line
from repeated
inner join newest_day
    on repeated.budget_month = newest_day.budget_month
    and repeated._partition = newest_day.newest_partition
