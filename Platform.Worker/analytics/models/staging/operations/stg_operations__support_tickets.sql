select
    ticket_id,
    status,
    opened_at,
    resolved_at,
    cast(opened_at at time zone 'UTC' as date) as opened_date,
    cast(resolved_at at time zone 'UTC' as date) as resolved_date,
    customer_id,
    order_id,
    order_date,
    category,
    priority,
    satisfaction,
    subject,
    _partition,
    _line
from {{ source('operations', 'support_tickets') }}
