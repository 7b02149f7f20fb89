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
with reports as (

    select {{ reported }}
    from {{ ref('stg_operations__support_tickets') }}
    {% if is_incremental() %}
    where {{ in_build_window('_partition') }}
    {% endif %}

),

states as (

    select {{ reported }}
    from reports
    {% if is_incremental() %}

    union all

    -- Each looked up by its index (offset 0): a join may read all that there is.
    select known.*
    from (
        select reports.ticket_id from reports
        union
        select begun.ticket_id from {{ this }} as begun where {{ in_build_window('begun.opened_date') }}
    ) as touched
    cross join lateral (
        select {{ reported }} from {{ this }} as tickets where tickets.ticket_id = touched.ticket_id offset 0
    ) as known
    where not {{ in_build_window('known._partition') }}

    union all

    -- What was known before the state from one of this build's days, which may be there no more. From the table, as a staging model that is used
    -- twice is read whole.
    select first_states.*
    from {{ this }} as tickets
    cross join lateral (
        select
            ticket_id,
            status,
            opened_at,
            resolved_at,
            cast(opened_at at time zone 'UTC' as date) as opened_date,
            cast(resolved_at at time zone 'UTC' as date) as resolved_date,
            customer_id,
            order_id,
            order_date,
            category,
            priority,
            satisfaction,
            subject,
            _partition,
            _line
        from {{ source('operations', 'support_tickets') }} as reported
        where reported._partition = tickets.opened_date and reported.ticket_id = tickets.ticket_id
        offset 0
    ) as first_states
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
