-- An invoice bills what was ordered, in the order's currency and at its rate; in euro it is the sum of what the order's parts were booked at.
-- Invoices of the build, and those of its orders; each order is looked up by its index (offset 0).
with invoices as (

    select *
    from {{ ref('fct_invoices') }}
    where {{ built_rows('fct_invoices') }} or {{ in_tested_window('order_date') }}

)

select invoices.invoice_id
from invoices
cross join lateral (select * from {{ ref('fct_orders') }} as all_orders where all_orders.order_id = invoices.order_id offset 0) as orders
where
    invoices.currency <> orders.currency
    or invoices.customer_id <> orders.customer_id
    or invoices.net_amount <> orders.net_amount
    or invoices.tax_amount <> orders.tax_amount
    or invoices.shipping_fee <> orders.shipping_fee
    or invoices.gross_amount <> orders.gross_amount
    or invoices.fx_rate <> orders.fx_rate
    or invoices.gross_amount_eur <> orders.net_amount_eur + {{ to_eur('orders.tax_amount', 'orders.fx_rate') }} + orders.shipping_fee_eur
