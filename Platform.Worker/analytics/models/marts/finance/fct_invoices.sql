{{
    config(
        materialized='incremental',
        incremental_strategy='replace_window',
        incremental_predicates=[in_build_window('invoice_date', lookback_days=var('payment_lifetime_days'))],
        indexes=[{'columns': ['invoice_date']}, {'columns': ['invoice_id']}]
    )
}}

{%- set lifetime = var('payment_lifetime_days') %}

-- An invoice with what has been paid on it. Payments come up to their lifetime after it, so the invoices of that many days before a
-- changed day are built again with it.
with invoices as (

    select * from {{ ref('stg_finance__invoices') }}
    {% if is_incremental() %}
    where {{ in_build_window('_partition', lookback_days=lifetime) }}
    {% endif %}

),

paid as (

    select
        invoice_id,
        sum(amount) as paid_amount,
        sum(invoice_amount_eur) as settled_eur,
        max(payment_date) as last_payment_date,
        count(*) as payment_count
    from {{ ref('stg_finance__payments') }}
    {% if is_incremental() %}
    where
        {{ in_build_window('invoice_date', lookback_days=lifetime) }}
        and {{ in_build_window('_partition', lookback_days=lifetime, lookahead_days=lifetime) }}
    {% endif %}
    group by invoice_id

)

select
    invoices.invoice_id,
    invoices.invoice_date,
    invoices.due_date,
    invoices.order_id,
    invoices.order_date,
    invoices.customer_id,
    invoices.currency,
    invoices.fx_rate,
    invoices.net_amount,
    invoices.tax_amount,
    invoices.shipping_fee,
    invoices.gross_amount,
    invoices.gross_amount_eur,
    coalesce(paid.paid_amount, 0) as paid_amount,
    coalesce(paid.settled_eur, 0) as settled_eur,
    coalesce(paid.payment_count, 0) as payment_count,
    invoices.gross_amount - coalesce(paid.paid_amount, 0) as outstanding_amount,
    invoices.gross_amount_eur - coalesce(paid.settled_eur, 0) as outstanding_eur,
    invoices.gross_amount = coalesce(paid.paid_amount, 0) as is_paid,
    paid.last_payment_date,
    case when invoices.gross_amount = paid.paid_amount then paid.last_payment_date - invoices.invoice_date end as days_to_pay,
    invoices._partition,
    invoices._line
from invoices
left join paid on invoices.invoice_id = paid.invoice_id
