-- An invoice bills what was ordered, in the order's currency and at its rate.
select invoices.invoice_id
from {{ ref('fct_invoices') }} as invoices
inner join {{ ref('fct_orders') }} as orders on invoices.order_id = orders.order_id
where
    invoices.currency <> orders.currency
    or invoices.customer_id <> orders.customer_id
    or invoices.net_amount <> orders.net_amount
    or invoices.tax_amount <> orders.tax_amount
    or invoices.shipping_fee <> orders.shipping_fee
    or invoices.gross_amount <> orders.gross_amount
