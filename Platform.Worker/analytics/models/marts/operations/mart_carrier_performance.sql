{{
    config(
        materialized='incremental',
        incremental_strategy='replace_window',
        incremental_predicates=[in_build_window('shipped_date', lookback_days=var('order_lifetime_days'))],
        indexes=[{'columns': ['shipped_date']}]
    )
}}

with shipments as (

    select
        shipped_date,
        carrier,
        warehouse,
        count(*) as shipment_count,
        sum(units) as units_shipped,
        sum(weight_kg) as weight_kg,
        sum(shipping_cost) as shipping_cost_eur,
        count(*) filter (where is_delivered) as delivered_count,
        count(*) filter (where is_on_time) as on_time_count,
        coalesce(sum(days_late), 0) as days_late
    from {{ ref('fct_shipments') }}
    {% if is_incremental() %}
    where {{ in_build_window('shipped_date', lookback_days=var('order_lifetime_days')) }}
    {% endif %}
    group by shipped_date, carrier, warehouse

)

select
    *,
    {{ common.ratio('on_time_count', 'cast(delivered_count as numeric)') }} as on_time_rate
from shipments
