select
    return_id,
    return_date,
    order_id,
    order_date,
    line_number,
    product_id,
    quantity,
    reason,
    currency,
    fx_rate,
    refund_net,
    refund_tax,
    refund_net_eur,
    unit_cost,
    _partition,
    _line
from {{ source('sales', 'returns') }}
