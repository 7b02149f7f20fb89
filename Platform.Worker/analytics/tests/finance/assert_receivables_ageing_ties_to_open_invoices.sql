with ageing as (

    select sum(outstanding_eur) as outstanding_eur, sum(invoice_count) as invoice_count
    from {{ ref('mart_receivables_ageing') }}

),

invoices as (

    select sum(outstanding_eur) as outstanding_eur, count(*) as invoice_count
    from {{ ref('fct_invoices') }}
    where not is_paid

)

select ageing.outstanding_eur, invoices.outstanding_eur as open_eur
from ageing
cross join invoices
where
    coalesce(ageing.outstanding_eur, 0) <> coalesce(invoices.outstanding_eur, 0)
    or coalesce(ageing.invoice_count, 0) <> invoices.invoice_count
