select
    product_id,
    name as product_name,
    category as product_category,
    list_price,
    unit_cost,
    weight_kg,
    active_from,
    _partition,
    _line
from {{ source('sales', 'products') }}
