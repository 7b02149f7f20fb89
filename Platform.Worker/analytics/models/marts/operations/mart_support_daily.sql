{{
    config(
        materialized='incremental',
        incremental_strategy='replace_window',
        incremental_predicates=[in_build_window('ticket_date')],
        indexes=[{'columns': ['ticket_date']}]
    )
}}

-- Tickets opened and tickets resolved on a day: both arrive in that day's partition.
select
    _partition as ticket_date,
    category,
    priority,
    count(*) filter (where status = 'opened') as tickets_opened,
    count(*) filter (where status = 'resolved') as tickets_resolved,
    coalesce(
        sum(round(cast(extract(epoch from resolved_at - opened_at) as numeric) / 3600, 2)) filter (where status = 'resolved'), 0
    ) as resolution_hours,
    count(satisfaction) filter (where status = 'resolved') as ratings,
    coalesce(sum(satisfaction) filter (where status = 'resolved'), 0) as rating_points
from {{ ref('stg_operations__support_tickets') }}
{% if is_incremental() %}
where {{ in_build_window('_partition') }}
{% endif %}
group by _partition, category, priority
