-- Receivables are debited with what is invoiced, day by day.
with invoiced as (

    select invoice_date, sum(gross_amount_eur) as invoiced_eur
    from {{ ref('fct_invoices') }}
    where {{ in_tested_window('invoice_date') }}
    group by invoice_date

),

booked as (

    select ledger_date, sum(debit) as debit
    from {{ ref('mart_ledger_daily') }}
    where
        {{ in_tested_window('ledger_date') }}
        and statement_line = 'receivables'
    group by ledger_date

)

select coalesce(invoiced.invoice_date, booked.ledger_date) as booking_date, invoiced.invoiced_eur, booked.debit
from invoiced
full outer join booked on invoiced.invoice_date = booked.ledger_date
where coalesce(invoiced.invoiced_eur, 0) <> coalesce(booked.debit, 0)
