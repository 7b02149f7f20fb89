-- What is loaded now: one row per dataset and data date. Load numbers and times stay out, so that marts do not depend on the order of loading.
select
    domain,
    dataset,
    partition as partition_date,
    contract_version,
    content_sha256,
    file_rows,
    loaded_rows,
    quarantined_rows,
    control_sums
from {{ source('meta', 'partition_load') }}
where current
