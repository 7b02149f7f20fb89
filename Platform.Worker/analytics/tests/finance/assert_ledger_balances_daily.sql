select ledger_date, sum(debit) as debit, sum(credit) as credit
from {{ ref('mart_ledger_daily') }}
where {{ built_rows('mart_ledger_daily') }}
group by ledger_date
having sum(debit) <> sum(credit)
