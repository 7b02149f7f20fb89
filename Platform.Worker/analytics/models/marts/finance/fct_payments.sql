{{
    config(
        materialized='incremental',
        incremental_strategy='microbatch',
        unique_key='payment_id',
        event_time='_partition',
        batch_size='day',
        begin='2024-01-01',
        meta={'first_build': 'one_batch'},
        indexes=[{'columns': ['_partition']}, {'columns': ['invoice_date']}, {'columns': ['payment_id']}, {'columns': ['invoice_id']}]
    )
}}

select
    payment_id,
    payment_date,
    invoice_id,
    invoice_date,
    order_id,
    order_date,
    customer_id,
    method,
    currency,
    amount,
    fx_rate,
    amount_eur,
    invoice_amount_eur,
    amount_eur - invoice_amount_eur as fx_effect_eur,
    payment_date - invoice_date as days_to_pay,
    _partition,
    _line
from {{ ref('stg_finance__payments') }}
