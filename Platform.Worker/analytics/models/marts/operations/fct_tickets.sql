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

-- A ticket's newest state; it arrives as one row when opened and one when resolved, the second with all that the first says. Tickets that a
-- build's days say something of, now or before, are made again.
with states as (

    select {{ reported }}
    from {{ ref('stg_operations__support_tickets') }}
    {% if is_incremental() %}
    where {{ in_build_window('_partition') }}

    union all

    select {{ reported }}
    from {{ this }}
    where
        not {{ in_build_window('_partition') }}
        and (
            {{ in_build_window('opened_date') }}
            or ticket_id in (select ticket_id from {{ ref('stg_operations__support_tickets') }} where {{ in_build_window('_partition') }})
        )

    union all

    -- What was known before the state from one of this build's days, which may be there no more.
    select {{ prefixed('first_states', reported) }}
    from {{ this }} as tickets
    inner join {{ ref('stg_operations__support_tickets') }} as first_states
        on tickets.opened_date = first_states._partition
        and tickets.ticket_id = first_states.ticket_id
    where
        {{ in_build_window('tickets._partition') }}
        and not {{ in_build_window('tickets.opened_date') }}
    {% endif %}

),

newest as (

    select distinct on (ticket_id) *
    from states
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
