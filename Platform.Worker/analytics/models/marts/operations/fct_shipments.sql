{{
    config(
        materialized='incremental',
        incremental_strategy='replace_window',
        incremental_predicates=[in_build_window('shipped_date', lookback_days=var('order_lifetime_days'))],
        indexes=[{'columns': ['shipped_date']}, {'columns': ['order_id']}]
    )
}}

{%- set lifetime = var('order_lifetime_days') %}

-- A shipment's newest state. It arrives as one row on the day of dispatch and one on the day of delivery; the second says all that the
-- first says. So a dispatch day is built again with any day up to an order's lifetime after it.
with newest as (

    select distinct on (shipment_id) *
    from {{ ref('stg_operations__shipments') }}
    {% if is_incremental() %}
    where
        {{ in_build_window('shipped_date', lookback_days=lifetime) }}
        and {{ in_build_window('_partition', lookback_days=lifetime, lookahead_days=lifetime) }}
    {% endif %}
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
