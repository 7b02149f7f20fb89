{{
    config(
        materialized='incremental',
        incremental_strategy='replace_window',
        incremental_predicates=[in_build_window('partition_date')],
        indexes=[{'columns': ['partition_date']}, {'columns': ['domain', 'dataset', 'partition_date']}]
    )
}}

-- The partitions behind the published marts: what the file held, what was loaded, what was put aside. Models that ask which days there are
-- ask this one, since a day may be loaded before it is built.
select
    partition_date,
    domain,
    dataset,
    contract_version,
    content_sha256,
    file_rows,
    loaded_rows,
    quarantined_rows,
    control_sums,
    {{ common.ratio('quarantined_rows', 'cast(file_rows as numeric)') }} as quarantined_share
from {{ ref('stg_meta__partition_loads') }}
{% if is_incremental() %}
where {{ in_build_window('partition_date') }}
{% endif %}
