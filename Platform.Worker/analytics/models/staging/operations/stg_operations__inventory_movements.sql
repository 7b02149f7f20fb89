select
    movement_id,
    movement_date,
    product_id,
    warehouse,
    movement_type,
    quantity,
    on_hand_after,
    unit_cost,
    reference,
    _partition,
    _line
from {{ source('operations', 'inventory_movements') }}
