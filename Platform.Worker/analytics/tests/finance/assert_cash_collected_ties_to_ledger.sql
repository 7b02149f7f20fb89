-- What customers paid is what payment journals put on the bank account.
with paid as (

    select payment_date, sum(amount_eur) as amount_eur
    from {{ ref('fct_payments') }}
    where {{ in_tested_window('_partition') }}
    group by payment_date

),

booked as (

    select journal_date, sum(debit) as debit
    from {{ ref('fct_journal_lines') }}
    where
        {{ in_tested_window('_partition') }}
        and source_type = 'payment'
        and statement_line = 'cash'
    group by journal_date

)

select coalesce(paid.payment_date, booked.journal_date) as booking_date, paid.amount_eur, booked.debit
from paid
full outer join booked on paid.payment_date = booked.journal_date
where coalesce(paid.amount_eur, 0) <> coalesce(booked.debit, 0)
