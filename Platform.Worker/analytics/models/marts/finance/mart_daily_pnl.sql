{{
    config(
        materialized='incremental',
        incremental_strategy='replace_window',
        incremental_predicates=[in_build_window('pnl_date')],
        indexes=[{'columns': ['pnl_date']}]
    )
}}

{%- set lines = [
    'revenue', 'shipping_revenue', 'sales_returns', 'cost_of_goods',
    'fulfilment', 'payroll', 'rent', 'marketing', 'software', 'depreciation', 'fx_result'
] %}

-- The profit and loss account of each day, from the ledger alone. Income is positive; returns, costs and expenses are positive too and subtracted.
with by_line as (

    select
        ledger_date as pnl_date,
        {%- for line in lines %}
        coalesce(sum(amount) filter (where statement_line = '{{ line }}'), 0) as {{ line }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('mart_ledger_daily') }}
    {% if is_incremental() %}
    where {{ in_build_window('ledger_date') }}
    {% endif %}
    group by ledger_date

),

totals as (

    select
        *,
        revenue + shipping_revenue - sales_returns as net_sales,
        revenue + shipping_revenue - sales_returns - cost_of_goods as gross_profit,
        fulfilment + payroll + rent + marketing + software as operating_expenses
    from by_line

)

select
    pnl_date,
    {%- for line in lines %}
    {{ line }},
    {%- endfor %}
    net_sales,
    gross_profit,
    operating_expenses,
    gross_profit - operating_expenses as ebitda,
    gross_profit - operating_expenses - depreciation as operating_result,
    gross_profit - operating_expenses - depreciation + fx_result as net_result
from totals
