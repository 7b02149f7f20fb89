-- Rows in the file are rows loaded plus rows in quarantine.
select domain, dataset, partition_date, file_rows, loaded_rows, quarantined_rows
from {{ ref('fct_partition_loads') }}
where
    {{ built_rows('fct_partition_loads') }}
    and file_rows <> loaded_rows + quarantined_rows
