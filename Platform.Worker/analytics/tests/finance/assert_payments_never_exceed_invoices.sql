select invoice_id, gross_amount, paid_amount, gross_amount_eur, settled_eur
from {{ ref('fct_invoices') }}
where
    ({{ built_rows('fct_invoices') }})
    and (
        paid_amount > gross_amount
        or settled_eur > gross_amount_eur
        or (paid_amount = gross_amount) <> (settled_eur = gross_amount_eur)
    )
