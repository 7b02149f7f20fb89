select
    shipment_id,
    status,
    order_id,
    order_date,
    carrier,
    warehouse,
    promised_date,
    shipped_date,
    delivered_date,
    units,
    weight_kg,
    shipping_cost,
    _partition,
    _line
from {{ source('operations', 'shipments') }}
