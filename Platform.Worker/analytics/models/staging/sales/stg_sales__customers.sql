select
    customer_id,
    name as customer_name,
    email,
    segment,
    country as country_code,
    region,
    currency,
    payment_terms_days,
    created_date,
    updated_at,
    last_order_date,
    _partition,
    _line
from {{ source('sales', 'customers') }}
