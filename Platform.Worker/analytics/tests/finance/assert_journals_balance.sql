select journal_id, sum(debit) as debit, sum(credit) as credit
from {{ ref('fct_journal_lines') }}
where {{ built_rows('fct_journal_lines') }}
group by journal_id
having sum(debit) <> sum(credit)
