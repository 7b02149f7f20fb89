{{
    config(
        materialized='incremental',
        incremental_strategy='replace_window',
        incremental_predicates=[in_build_window('_partition')],
        indexes=[{'columns': ['_partition']}]
    )
}}

select
    jobs.job_id,
    jobs.finished_on,
    jobs.workshop,
    workshops.city,
    jobs.amount_eur,
    jobs.note,
    jobs._partition,
    jobs._line
from {{ ref('stg_repairs__jobs') }} as jobs
left join {{ ref('workshops') }} as workshops on jobs.workshop = workshops.workshop
{% if is_incremental() %}
where {{ in_build_window('jobs._partition') }}
{% endif %}
