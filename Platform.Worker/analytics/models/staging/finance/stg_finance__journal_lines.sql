select
    journal_id,
    line_number,
    journal_date,
    source_type,
    source_id,
    account_code,
    debit,
    credit,
    description,
    _partition,
    _line
from {{ source('finance', 'journal_lines') }}
