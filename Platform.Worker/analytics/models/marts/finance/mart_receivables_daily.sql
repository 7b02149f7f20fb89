{{
    config(
        materialized='incremental',
        incremental_strategy='replace_window',
        incremental_predicates=["balance_date >= date '" ~ var('start_date') ~ "'"],
        indexes=[{'columns': ['balance_date', 'currency']}]
    )
}}

{%- set from_start = ">= date '" ~ var('start_date') ~ "'" %}

-- Receivables at the end of each loaded day, by currency of the invoice, from the first day with an invoice in it on. Only invoices that are loaded
-- count, and the payments on them: payments on older invoices would take away what was never added. A closing balance depends on all days
-- before it: a build goes on from the balance before its first day, and makes that day and all after it.
with invoiced as (

    select invoice_date as balance_date, currency, sum(gross_amount_eur) as invoiced_eur
    from {{ ref('fct_invoices') }}
    {% if is_incremental() %}
    where invoice_date {{ from_start }}
    {% endif %}
    group by invoice_date, currency

),

settled as (

    select payments.payment_date as balance_date, payments.currency, sum(payments.invoice_amount_eur) as settled_eur
    from {{ ref('fct_payments') }} as payments
    -- Whether the invoice is loaded is looked up by its index (limit 1): a join would read all invoices.
    cross join lateral (
        select true as is_loaded from {{ ref('fct_invoices') }} as invoices where invoices.invoice_id = payments.invoice_id limit 1
    ) as invoices
    {% if is_incremental() %}
    where payments._partition {{ from_start }}
    {% endif %}
    group by payments.payment_date, payments.currency

),

days as (

    select partition_date as balance_date
    from {{ ref('fct_partition_loads') }}
    where
        domain = 'finance'
        and dataset = 'invoices'
        {% if is_incremental() %}
        and partition_date {{ from_start }}
        {% endif %}

),

opening as (

    {% if is_incremental() %}
    select currency, outstanding_eur
    from {{ this }}
    where balance_date = (select max(balance_date) from {{ this }} where not balance_date {{ from_start }})
    {% else %}
    select cast(null as text) as currency, cast(null as numeric) as outstanding_eur
    where false
    {% endif %}

),

currencies as (

    select currency, min(first_date) as first_date
    from (
        select currency, balance_date as first_date from invoiced
        union all
        select currency, date '{{ var("start_date") }}' from opening
    ) as known
    group by currency

),

flows as (

    select
        days.balance_date,
        currencies.currency,
        coalesce(opening.outstanding_eur, 0) as opening_eur,
        coalesce(invoiced.invoiced_eur, 0) as invoiced_eur,
        coalesce(settled.settled_eur, 0) as settled_eur
    from days
    inner join currencies on days.balance_date >= currencies.first_date
    left join opening on currencies.currency = opening.currency
    left join invoiced
        on days.balance_date = invoiced.balance_date
        and currencies.currency = invoiced.currency
    left join settled
        on days.balance_date = settled.balance_date
        and currencies.currency = settled.currency

)

select
    balance_date,
    currency,
    invoiced_eur,
    settled_eur,
    opening_eur + sum(invoiced_eur - settled_eur) over (partition by currency order by balance_date) as outstanding_eur
from flows
