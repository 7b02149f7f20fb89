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

-- It arrives as one row on the day of dispatch and one on the day of delivery.
with newest as (

    {{ newest_reports(ref('stg_operations__shipments'), source('operations', 'shipments'), 'shipment_id', 'shipped_date', 'delivered_date', reported) }}

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
