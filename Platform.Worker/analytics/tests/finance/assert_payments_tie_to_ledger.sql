-- Day by day: receivables are credited with what payments settle, and the exchange result is what they bring beyond it.
with paid as (

    select
        payment_date,
        sum(invoice_amount_eur) as settled_eur,
        sum(fx_effect_eur) as fx_effect_eur
    from {{ ref('fct_payments') }}
    where {{ in_tested_window('_partition') }}
    group by payment_date

),

booked as (

    select
        ledger_date,
        coalesce(sum(credit) filter (where statement_line = 'receivables'), 0) as settled_eur,
        coalesce(sum(amount) filter (where statement_line = 'fx_result'), 0) as fx_effect_eur
    from {{ ref('mart_ledger_daily') }}
    where {{ in_tested_window('ledger_date') }}
    group by ledger_date

)

select coalesce(paid.payment_date, booked.ledger_date) as booking_date
from paid
full outer join booked on paid.payment_date = booked.ledger_date
where
    coalesce(paid.settled_eur, 0) <> coalesce(booked.settled_eur, 0)
    or coalesce(paid.fx_effect_eur, 0) <> coalesce(booked.fx_effect_eur, 0)
