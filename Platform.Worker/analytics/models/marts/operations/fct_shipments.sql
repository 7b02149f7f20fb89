{{
    config(
        materialized='incremental',
        incremental_strategy='replace_window',
        unique_key='shipment_id',
        incremental_predicates=[in_build_window('shipped_date') ~ ' or ' ~ in_build_window('_partition')],
        indexes=[
            {'columns': ['shipped_date']}, {'columns': ['_partition']}, {'columns': ['order_date']},
            {'columns': ['shipment_id']}, {'columns': ['order_id']}
        ]
    )
}}

{%- set reported = 'shipment_id, order_id, order_date, carrier, warehouse, status, promised_date, shipped_date, delivered_date, units, weight_kg, shipping_cost, _partition, _line' %}

-- A shipment's newest state. It arrives as one row on the day of dispatch and one on the day of delivery; the second says all that the
-- first says. So a build makes the shipments again that its days say something of, now or before.
with reports as (

    select {{ reported }}
    from {{ ref('stg_operations__shipments') }}
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
        select reports.shipment_id from reports
        union
        select begun.shipment_id from {{ this }} as begun where {{ in_build_window('begun.shipped_date') }}
    ) as touched
    cross join lateral (
        select {{ reported }} from {{ this }} as shipments where shipments.shipment_id = touched.shipment_id offset 0
    ) as known
    where not {{ in_build_window('known._partition') }}

    union all

    -- What was known before the state from one of this build's days, which may be there no more. From the table, as a staging model that is used
    -- twice is read whole.
    select first_states.*
    from {{ this }} as shipments
    cross join lateral (
        select {{ reported }}
        from {{ source('operations', 'shipments') }} as reported
        where reported._partition = shipments.shipped_date and reported.shipment_id = shipments.shipment_id
        offset 0
    ) as first_states
    where
        {{ in_build_window('shipments._partition') }}
        and not {{ in_build_window('shipments.shipped_date') }}
    {% endif %}

),

newest as (

    select distinct on (shipment_id) *
    from states
    order by shipment_id, delivered_date nulls last, _partition desc

)

select
    shipment_id,
    order_id,
    order_date,
    carrier,
    warehouse,
    status,
    promised_date,
    shipped_date,
    delivered_date,
    units,
    weight_kg,
    shipping_cost,
    delivered_date is not null as is_delivered,
    delivered_date <= promised_date as is_on_time,
    shipped_date - order_date as days_to_ship,
    delivered_date - order_date as days_to_deliver,
    greatest(delivered_date - promised_date, 0) as days_late,
    _partition,
    _line
from newest
