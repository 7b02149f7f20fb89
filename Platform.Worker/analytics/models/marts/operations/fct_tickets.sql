{{
    config(
        materialized='incremental',
        incremental_strategy='replace_window',
        incremental_predicates=[in_build_window('opened_date', lookback_days=var('ticket_lifetime_days'))],
        indexes=[{'columns': ['opened_date']}]
    )
}}

{%- set lifetime = var('ticket_lifetime_days') %}

-- A ticket's newest state; it arrives as one row when opened and one when resolved, the second with all that the first says.
with newest as (

    select distinct on (ticket_id) *
    from {{ ref('stg_operations__support_tickets') }}
    {% if is_incremental() %}
    where
        {{ in_build_window('opened_date', lookback_days=lifetime) }}
        and {{ in_build_window('_partition', lookback_days=lifetime, lookahead_days=lifetime) }}
    {% endif %}
    order by ticket_id, resolved_date nulls last, _partition desc

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
