select
    order_id,
    customer,
    ordered_on,
    {{ cents('amount') }} as amount_cents,
    paid
from {{ ref('raw_orders') }}
where amount >= {{ var('minimum_amount') }}
