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
with states as (

    select {{ reported }}
    from {{ ref('stg_operations__shipments') }}
    {% if is_incremental() %}
    where {{ in_build_window('_partition') }}

    union all

    select {{ reported }}
    from {{ this }}
    where
        not {{ in_build_window('_partition') }}
        and (
            {{ in_build_window('shipped_date') }}
            or shipment_id in (select shipment_id from {{ ref('stg_operations__shipments') }} where {{ in_build_window('_partition') }})
        )

    union all

    -- What was known before the state from one of this build's days, which may be there no more.
    select {{ prefixed('first_states', reported) }}
    from {{ this }} as shipments
    inner join {{ ref('stg_operations__shipments') }} as first_states
        on shipments.shipped_date = first_states._partition
        and shipments.shipment_id = first_states.shipment_id
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
