select
    order_id,
    line_number,
    order_date,
    product_id,
    quantity,
    unit_price,
    discount_amount,
    net_amount,
    tax_rate,
    tax_amount,
    net_amount_eur,
    unit_cost,
    _partition,
    _line
from {{ source('sales', 'order_lines') }}
