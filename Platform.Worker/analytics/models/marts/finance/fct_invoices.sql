{{
    config(
        materialized='incremental',
        incremental_strategy='replace_window',
        unique_key='invoice_id',
        incremental_predicates=[
            in_build_window('invoice_date') ~ ' or ' ~ spans_build_window('first_payment_date', 'last_payment_date')
        ],
        indexes=[
            {'columns': ['invoice_date']}, {'columns': ['last_payment_date']}, {'columns': ['order_date']}, {'columns': ['is_paid']},
            {'columns': ['invoice_id']}, {'columns': ['order_id']}
        ]
    )
}}

{%- set invoiced = 'invoice_id, invoice_date, due_date, order_id, order_date, customer_id, currency, fx_rate, net_amount, tax_amount, shipping_fee, gross_amount, gross_amount_eur, _partition, _line' %}

-- An invoice with what has been paid on it. A build makes the invoices of its days, and those again on which money came in on its days, now or
-- before: an invoice is as it was but for its payments.
with invoices as (

    select {{ invoiced }}
    from {{ ref('stg_finance__invoices') }}
    {% if is_incremental() %}
    where {{ in_build_window('_partition') }}

    union all

    {% call known_again('invoice_id', 'invoice_date', invoiced) %}
        select payments.invoice_id from {{ ref('fct_payments') }} as payments where {{ in_build_window('payments._partition') }}
        union
        select paid_before.invoice_id
        from {{ this }} as paid_before
        where {{ spans_build_window('paid_before.first_payment_date', 'paid_before.last_payment_date') }}
    {% endcall %}
    {% endif %}

),

paid as (

    select
        {{ 'invoices' if is_incremental() else 'payments' }}.invoice_id,
        sum(payments.amount) as paid_amount,
        sum(payments.invoice_amount_eur) as settled_eur,
        min(payments.payment_date) as first_payment_date,
        max(payments.payment_date) as last_payment_date,
        count(*) as payment_count
    {% if is_incremental() %}
    from invoices
    -- Each invoice's payments by their index (offset 0): a join would read all payments that there are.
    cross join lateral (
        select * from {{ ref('fct_payments') }} as all_payments where all_payments.invoice_id = invoices.invoice_id offset 0
    ) as payments
    group by invoices.invoice_id
    {% else %}
    from {{ ref('fct_payments') }} as payments
    group by payments.invoice_id
    {% endif %}

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
    paid.first_payment_date,
    paid.last_payment_date,
    case when invoices.gross_amount = paid.paid_amount then paid.last_payment_date - invoices.invoice_date end as days_to_pay,
    invoices._partition,
    invoices._line
from invoices
left join paid on invoices.invoice_id = paid.invoice_id
