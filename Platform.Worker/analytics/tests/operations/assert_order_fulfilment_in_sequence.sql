-- Nothing is delivered before it is shipped, nor shipped or invoiced before it is ordered; the status says how far the order is.
select order_id
from {{ ref('mart_order_fulfilment') }}
where
    ({{ built_rows('mart_order_fulfilment') }})
    and (
        shipped_date < order_date
        or invoiced_date < order_date
        or delivered_date < shipped_date
        or (fulfilment_status = 'delivered') <> (delivered_date is not null)
        or (fulfilment_status = 'ordered') <> (shipped_date is null)
    )
