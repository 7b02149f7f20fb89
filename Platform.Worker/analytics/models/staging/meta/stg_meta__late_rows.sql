-- Rows that belong to data_date and came with the load of a later partition; the current loads' only.
select
    domain,
    dataset,
    partition as partition_date,
    data_date,
    rows as late_rows,
    control_sums
from {{ source('meta', 'late_row') }}
