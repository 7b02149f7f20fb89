select
    carrier,
    carrier_name,
    service_level
from {{ ref('carriers') }}
