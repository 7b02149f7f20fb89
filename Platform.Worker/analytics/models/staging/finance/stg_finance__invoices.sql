select
    invoice_id,
    invoice_date,
    due_date,
    order_id,
    order_date,
    customer_id,
    currency,
    fx_rate,
    net_amount,
    tax_amount,
    shipping_fee,
    gross_amount,
    gross_amount_eur,
    _partition,
    _line
from {{ source('finance', 'invoices') }}
