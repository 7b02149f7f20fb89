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
    _partition,
    _line
from {{ source('finance', 'payments') }}
