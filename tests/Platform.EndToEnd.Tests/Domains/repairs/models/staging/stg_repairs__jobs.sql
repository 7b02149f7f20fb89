select
    job_id,
    workshop,
    finished_on,
    amount as amount_eur,
    note,
    _partition,
    _line
from {{ source('repairs', 'jobs') }}
