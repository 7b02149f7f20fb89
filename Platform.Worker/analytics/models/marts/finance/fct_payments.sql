{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='_partition',
        indexes=[{'columns': ['_partition']}, {'columns': ['invoice_id']}]
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
{% if is_incremental() %}
where {{ in_build_window('_partition') }}
{% endif %}
