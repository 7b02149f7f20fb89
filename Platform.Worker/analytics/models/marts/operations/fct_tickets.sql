{{
    config(
        materialized='incremental',
        incremental_strategy='replace_window',
        unique_key='ticket_id',
        incremental_predicates=[in_build_window('opened_date') ~ ' or ' ~ in_build_window('_partition')],
        indexes=[
            {'columns': ['opened_date']}, {'columns': ['_partition']}, {'columns': ['order_date']}, {'columns': ['ticket_id']}
        ]
    )
}}

{%- set reported = 'ticket_id, status, opened_at, resolved_at, opened_date, resolved_date, customer_id, order_id, order_date, category, priority, satisfaction, subject, _partition, _line' %}

{%- set recorded %}
    (
        select
            *,
            cast(opened_at at time zone 'UTC' as date) as opened_date,
            cast(resolved_at at time zone 'UTC' as date) as resolved_date
        from {{ source('operations', 'support_tickets') }}
    )
{%- endset %}

-- It arrives as one row when opened and one when resolved.
with newest as (

    {{ newest_reports(ref('stg_operations__support_tickets'), recorded, 'ticket_id', 'opened_date', 'resolved_date', reported) }}

)

select
    ticket_id,
    status,
    opened_at,
    resolved_at,
    opened_date,
    resolved_date,
    customer_id,
    order_id,
    order_date,
    category,
    priority,
    satisfaction,
    subject,
    resolved_at is not null as is_resolved,
    round(cast(extract(epoch from resolved_at - opened_at) as numeric) / 3600, 2) as resolution_hours,
    _partition,
    _line
from newest
