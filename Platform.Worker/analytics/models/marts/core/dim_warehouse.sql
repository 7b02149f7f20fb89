select
    warehouse,
    warehouse_name,
    country_code
from {{ ref('warehouses') }}
