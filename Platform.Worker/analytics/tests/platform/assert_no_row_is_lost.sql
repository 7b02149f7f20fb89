-- Rows in the file are rows loaded plus rows in quarantine.
select domain, dataset, partition_date, file_rows, loaded_rows, quarantined_rows
from {{ ref('fct_partition_loads') }}
where file_rows <> loaded_rows + quarantined_rows
