select
    order_id,
    order_date,
    ordered_at,
    customer_id,
    channel,
    region,
    currency,
    fx_rate,
    line_count,
    discount_amount,
    net_amount,
    tax_amount,
    shipping_fee,
    gross_amount,
    _partition,
    _line
from {{ source('sales', 'orders') }}
